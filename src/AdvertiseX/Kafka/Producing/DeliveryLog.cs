namespace AdvertiseX.Kafka.Producing;

/// <summary>
/// What became of the records of one topic, in the order in which they were read. It remembers those that wait for an
/// answer, a bounded number, and names those that were not delivered. For one thread.
/// </summary>
/// <param name="topic">Name of the topic.</param>
/// <param name="undelivered">Gets records that were not delivered, neighbours together.</param>
internal sealed class DeliveryLog(string topic, Action<UndeliveredRecords> undelivered)
{
    /// <summary>So many records may wait.</summary>
    public const int Capacity = 1 << 16;

    private readonly Waiting[] _waiting = new Waiting[Capacity];
    private long _next;
    private long _settled;
    private UndeliveredRecords? _run;

    public string Topic => topic;

    /// <summary>Records that were read.</summary>
    public long Records => _next;

    /// <summary>Of these handed to the client.</summary>
    public long Sent { get; private set; }

    public long Acknowledged { get; private set; }

    /// <summary>Records that have no answer yet.</summary>
    public long Outstanding => _next - _settled;

    /// <summary>The record up to and with which all were acknowledged; null if the first was not.</summary>
    public (string Path, long Offset)? AcknowledgedUpTo { get; private set; }

    private bool _hasGap;

    /// <summary>Adds a record; there must be room.</summary>
    /// <returns>Its number, for <see cref="Settle"/>.</returns>
    public long Add(string path, in OutgoingRecord record)
    {
        _waiting[_next % Capacity] = new Waiting(path, record.Offset, record.Ordinal);
        if (record.Refusal is null)
            Sent++;
        return _next++;
    }

    /// <summary>Says what became of a record.</summary>
    /// <param name="number">The record's.</param>
    /// <param name="reason">Why it was not delivered; null if it was acknowledged.</param>
    public void Settle(long number, string? reason)
    {
        ref var record = ref _waiting[number % Capacity];
        record.IsSettled = true;
        record.Reason = reason;
        if (reason is null)
            Acknowledged++;
        while (_settled < _next && _waiting[_settled % Capacity] is { IsSettled: true } first)
        {
            Pass(first);
            _settled++;
        }
    }

    /// <summary>Names what is left to be named.</summary>
    public void End()
    {
        if (_run is { } run)
            undelivered(run);
        _run = null;
    }

    private void Pass(in Waiting record)
    {
        if (record.Reason is not { } reason)
        {
            End();
            if (!_hasGap)
                AcknowledgedUpTo = (record.Path, record.Offset);
            return;
        }

        _hasGap = true;
        if (_run is { } run && run.Path == record.Path && run.Reason == reason)
        {
            _run = run with { To = record.Offset, Count = run.Count + 1 };
            return;
        }

        End();
        _run = new(topic, record.Path, record.Offset, record.Ordinal, record.Offset, 1, reason);
    }

    private struct Waiting(string path, long offset, int ordinal)
    {
        public readonly string Path = path;
        public readonly long Offset = offset;
        public readonly int Ordinal = ordinal;
        public bool IsSettled;
        public string? Reason;
    }
}
