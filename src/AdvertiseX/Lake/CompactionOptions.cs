using AdvertiseX.Configuration;

namespace AdvertiseX.Lake;

/// <summary>When and how small files are merged.</summary>
public sealed record CompactionOptions
{
    /// <summary>A partition is compacted when it has at least so many small files.</summary>
    [Option("files", 2, 100_000, Key = "compaction.min_files")]
    public int MinFiles { get; init; } = 64;

    /// <summary>A date that is over keeps at most so many small files, where compaction.min_files is more.</summary>
    [Option("files", 1, 100_000, Key = "compaction.closed_files")]
    public int ClosedFiles { get; init; } = 16;

    /// <summary>Files are merged to about this size; those of less than half count as small.</summary>
    [Option("bytes", 1 << 20, 4L << 30, Key = "compaction.target_bytes")]
    public long TargetBytes { get; init; } = 128L << 20;

    /// <summary>A file of so many bytes is not small, and a time slice that has them gets a file of its own.</summary>
    internal long FillBytes => TargetBytes / 2;
}
