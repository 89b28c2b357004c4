namespace AdvertiseX.Spool;

/// <summary>What is known of a segment, from its first frame until its file is removed. Thread-safe.</summary>
/// <param name="name">Its names.</param>
/// <param name="header">Its header; null if it is damaged: nothing in the file can be told from anything else.</param>
internal sealed class SpoolSegment(SegmentName name, SegmentHeader? header)
{
    private readonly Lock _lock = new();
    private long _safeBytes;
    private long _count;
    private bool _isEnded;
    private long _committed;

    public SegmentName Name { get; } = name;

    public SegmentHeader? Header { get; } = header;

    /// <summary>Deliveries that are in the lake, from the first on.</summary>
    public long Committed
    {
        get => Interlocked.Read(ref _committed);
        set => Interlocked.Exchange(ref _committed, value);
    }

    /// <summary>Bytes of its file that are on the disk for good, deliveries in them, and whether no more
    /// follow.</summary>
    public (long Bytes, long Count, bool IsEnded) Extent
    {
        get
        {
            lock (_lock)
                return (_safeBytes, _count, _isEnded);
        }
    }

    /// <summary>Whether nothing of it is needed for the lake any more.</summary>
    public bool IsDone => Extent is { IsEnded: true, Count: var count } && Committed >= count;

    /// <summary>More of it is on the disk for good.</summary>
    public void Grew(long bytes, long count)
    {
        lock (_lock)
            (_safeBytes, _count) = (bytes, count);
    }

    /// <summary>Nothing more follows.</summary>
    public void End()
    {
        lock (_lock)
            _isEnded = true;
    }
}
