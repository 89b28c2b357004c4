using AdvertiseX.Configuration;

namespace AdvertiseX.Framing;

/// <summary>How a stream is cut.</summary>
public readonly record struct FramerOptions()
{
    /// <summary>Input is cut into blocks of whole records of about this size; a longer record makes a longer
    /// block.</summary>
    /// <remarks>A block of the default size and its columns stay in the processor's caches.</remarks>
    [Option("bytes", 64 << 10, 64 << 20, Key = "ingest.block_bytes")]
    public int BlockBytes { get; init; } = 1 << 20;

    /// <summary>A longer record is rejected as too_large.</summary>
    [Option("bytes", 1 << 10, 64 << 20, Key = "ingest.max_record_bytes")]
    public int MaxRecordBytes { get; init; } = 1 << 20;

    /// <summary>Offset in the decompressed content at which records are to begin; what precedes is only read for its
    /// header. It must be a position at which an earlier run stopped.</summary>
    internal long StartAt { get; init; }
}
