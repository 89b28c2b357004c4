namespace AdvertiseX.Framing;

/// <summary>How a stream is cut.</summary>
public readonly record struct FramerOptions()
{
    /// <summary>Size of a block, bytes. Default 1 MB, so that a block and its columns stay in the caches; 64 kB to 64 MB. A
    /// longer record makes a longer block.</summary>
    public int BlockBytes { get; init; } = 1 << 20;

    /// <summary>Longest record, bytes. A longer one is rejected as too large. Default 1 MB; 1 kB to 64 MB.</summary>
    public int MaxRecordBytes { get; init; } = 1 << 20;

    /// <summary>Offset in the decompressed content at which records are to begin; what precedes is only read for its header.
    /// It must be a position at which an earlier run stopped.</summary>
    public long StartAt { get; init; }
}
