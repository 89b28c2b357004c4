using System.Diagnostics.CodeAnalysis;

namespace AdvertiseX.Spool;

/// <summary>
/// The keys of the deliveries of the last hours, each with what it named. Thread-safe. They lie in one dictionary an
/// hour, so that forgetting costs nothing.
/// </summary>
/// <param name="options">How long, and how many.</param>
/// <param name="forgotten">Told how many keys were forgotten before their time, and how old the youngest was.</param>
internal sealed class DeliveryKeys(SpoolOptions options, Action<long, TimeSpan> forgotten)
{
    private static readonly long HourMicros = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Dictionary<UInt128, Known>> _hours = [];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Finds what a key names.</summary>
    /// <param name="key">The key, with what it comes with now.</param>
    /// <param name="nowMicros">The time.</param>
    /// <param name="receipt">Of the delivery.</param>
    /// <param name="isSame">Whether that delivery had the same content.</param>
    public bool TryFind(DeliveryKey key, long nowMicros, out SpoolReceipt receipt, out bool isSame)
    {
        var oldest = nowMicros - (long)options.KeyTime.TotalMicroseconds;
        lock (_lock)
        {
            foreach (var hour in _hours.Values)
            {
                if (!hour.TryGetValue(key.Key, out var known) || known.ReceivedMicros < oldest)
                    continue;
                receipt = new(known.Segment.Stream, known.Position, IsRepeat: true);
                isSame = known.Content == key.Content;
                return true;
            }
        }

        (receipt, isSame) = (default, false);
        return false;
    }

    /// <summary>Remembers a key.</summary>
    public void Add(DeliveryKey key, SegmentName segment, long position, long receivedMicros)
    {
        (long Count, long Hour)? early = null;
        lock (_lock)
        {
            var hour = receivedMicros / HourMicros;
            if (!_hours.TryGetValue(hour, out var keys))
            {
                _hours.Add(hour, keys = []);
                Expire(receivedMicros);
            }

            if (keys.TryAdd(key.Key, new Known(segment, position, receivedMicros, key.Content)))
                _count++;
            if (_count > options.MaxKeys && _hours.Count > 1)
                early = DropOldest();
        }

        if (early is { } gone)
            forgotten(gone.Count, TimeSpan.FromMicroseconds(receivedMicros - ((gone.Hour + 1) * HourMicros)));
    }

    private void Expire(long nowMicros)
    {
        var oldest = (nowMicros - (long)options.KeyTime.TotalMicroseconds) / HourMicros;
        while (_hours.Count > 0 && _hours.First().Key < oldest)
            DropOldest();
    }

    private (long Count, long Hour) DropOldest()
    {
        var (hour, keys) = _hours.First();
        _hours.Remove(hour);
        _count -= keys.Count;
        return (keys.Count, hour);
    }

    [SuppressMessage("Performance", "CA1815", Justification = "Not compared.")]
    private readonly record struct Known(SegmentName Segment, long Position, long ReceivedMicros, ulong Content);
}
