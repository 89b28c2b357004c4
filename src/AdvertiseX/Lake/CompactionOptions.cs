using AdvertiseX.Configuration;

namespace AdvertiseX.Lake;

/// <summary>When and how small files are merged.</summary>
public sealed record CompactionOptions
{
    /// <summary>A partition is compacted when it has at least so many small files.</summary>
    [Option("files", 2, 100_000, Key = "compaction.min_files")]
    public int MinFiles { get; init; } = 64;

    /// <summary>Files are merged to about this size; those of less than half count as small.</summary>
    [Option("bytes", 1 << 20, 4L << 30, Key = "compaction.target_bytes")]
    public long TargetBytes { get; init; } = 128L << 20;
}
