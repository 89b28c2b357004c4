using System.Globalization;
using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>The segments of a spool, those of a feed in order; removes those that are in the lake.
/// Thread-safe.</summary>
/// <param name="environment">The disk, and limits.</param>
internal sealed class SegmentList(SpoolEnvironment environment) : IDisposable
{
    private static readonly TimeSpan RoomInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Lock _sweeping = new();
    private readonly List<SpoolSegment> _segments = [];
    private readonly List<(string File, long NewestMicros)> _keyFiles = [];
    private readonly ManualResetEventSlim _grew = new();
    private long _stamp;
    private long _roomAsked;

    /// <summary>Bytes of all segments.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _segments.Sum(segment => segment.Extent.Bytes);
        }
    }

    /// <summary>Deliveries that are not in the lake yet.</summary>
    public long Waiting
    {
        get
        {
            lock (_lock)
                return _segments.Sum(segment => segment.Extent.Count - segment.Committed);
        }
    }

    /// <summary>When the oldest delivery that is not in the lake came at the earliest, microseconds since 1970; null if
    /// there is none.</summary>
    public long? WaitingSince
    {
        get
        {
            lock (_lock)
                return _segments.Find(segment => segment.Extent.Count > segment.Committed)?.Name.CreatedMicros;
        }
    }

    public void Add(SpoolSegment segment)
    {
        lock (_lock)
            _segments.Add(segment);
    }

    /// <summary>The segment with a stream; null if it is removed, or was never there.</summary>
    public SpoolSegment? Find(string stream)
    {
        lock (_lock)
            return _segments.Find(segment => segment.Name.Stream == stream);
    }

    /// <summary>The first segment of a feed that began after another; null if there is none.</summary>
    public SpoolSegment? After(Feed feed, SpoolSegment? last)
    {
        lock (_lock)
            return _segments.Find(segment =>
                segment.Name.Feed == feed && (last is null || segment.Name.CreatedMicros > last.Name.CreatedMicros)
            );
    }

    /// <summary>A time for the name of a new segment, later than all before.</summary>
    public long NewStamp()
    {
        lock (_lock)
        {
            var last = _segments.Count > 0 ? Math.Max(_stamp, _segments.Max(each => each.Name.CreatedMicros)) : _stamp;
            return _stamp = Math.Max(environment.MicrosNow(), last + 1);
        }
    }

    /// <summary>Remembers a file of keys, to remove it in time.</summary>
    public void AddKeysFile(string file, long newestMicros)
    {
        lock (_lock)
            _keyFiles.Add((file, newestMicros));
    }

    /// <summary>There may be more to read.</summary>
    public void Grew() => _grew.Set();

    /// <summary>Waits until there may be more to read.</summary>
    public void WaitForMore(TimeSpan longest)
    {
        _grew.Wait(longest);
        _grew.Reset();
    }

    /// <exception cref="SpoolFullException">There is no room for more deliveries.</exception>
    public void RequireRoom(SpoolEnvironment of)
    {
        if (Bytes is var bytes && bytes >= of.Options.MaxBytes)
            throw new SpoolFullException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{bytes} bytes wait for the lake, and spool.max_bytes is {of.Options.MaxBytes}"
                )
            );
        var asked = Interlocked.Read(ref _roomAsked);
        if (asked != 0 && of.Clock.GetElapsedTime(asked) < RoomInterval)
            return;
        if (of.Disk.FreeBytes is var free && free < of.Options.ReserveBytes)
            throw new SpoolFullException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the spool's disk has {free} bytes left, and spool.reserve_bytes is {of.Options.ReserveBytes}"
                )
            );
        Interlocked.Exchange(ref _roomAsked, of.Clock.GetTimestamp());
    }

    /// <summary>Removes segments that are in the lake, and files of keys that nobody asks for any more. What cannot be
    /// removed now is removed later.</summary>
    public void Sweep()
    {
        lock (_sweeping)
        {
            List<SpoolSegment> done;
            List<string> old;
            var oldest = environment.MicrosNow() - (long)environment.Options.KeyTime.TotalMicroseconds;
            lock (_lock)
            {
                done = [.. _segments.Where(segment => segment.IsDone)];
                old = [.. _keyFiles.Where(keys => keys.NewestMicros < oldest).Select(keys => keys.File)];
            }

            try
            {
                foreach (var segment in done)
                    Remove(segment);
                foreach (var file in old)
                    environment.Disk.Delete(file);
                if (old.Count > 0)
                    lock (_lock)
                        _keyFiles.RemoveAll(keys => old.Contains(keys.File));
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                // The next sweep tries again.
            }
        }
    }

    public void Dispose() => _grew.Dispose();

    // Its keys are safe before it goes.
    private void Remove(SpoolSegment segment)
    {
        var keys = segment.Header is null ? [] : KeysOf(segment);
        if (keys.Count > 0)
        {
            environment.Disk.Delete(segment.Name.KeysFile);
            using (var file = environment.Disk.Create(segment.Name.KeysFile))
            {
                file.Write(0, KeysFile.Write(keys));
                file.Flush();
            }

            environment.Disk.FlushNames();
            AddKeysFile(segment.Name.KeysFile, keys.Max(key => key.ReceivedMicros));
        }

        environment.Disk.Delete(segment.Name.File);
        lock (_lock)
            _segments.Remove(segment);
    }

    private List<(DeliveryKey Key, long Position, long ReceivedMicros)> KeysOf(SpoolSegment segment)
    {
        var keys = new List<(DeliveryKey, long, long)>();
        using var file = environment.Disk.Open(segment.Name.File);
        using var reader = new SegmentReader(file, segment.Header!.Value.Secret);
        var (bytes, count, _) = segment.Extent;
        while (reader.Read(bytes, count) is var part and not (SegmentPart.Nothing or SegmentPart.End))
            if (part == SegmentPart.Delivery && reader.Header.KeyLength > 0)
                keys.Add(
                    (
                        DeliveryKey.Of(reader.Key, segment.Name.Feed, reader.Header.Format, reader.Body),
                        reader.Header.Index,
                        reader.Header.ReceivedMicros
                    )
                );
        return keys;
    }
}
