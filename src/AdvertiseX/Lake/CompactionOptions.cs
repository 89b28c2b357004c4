namespace AdvertiseX.Lake;

/// <summary>When and how small files are merged.</summary>
public sealed record CompactionOptions
{
    /// <summary>A partition is compacted when it has at least so many small files; at least 2.</summary>
    public int MinFiles { get; init; } = 64;

    /// <summary>Files are merged to about so many bytes; those of less than half count as small. At least 1.</summary>
    public long TargetBytes { get; init; } = 128L << 20;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the text names it.</exception>
    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinFiles, 2, nameof(MinFiles));
        ArgumentOutOfRangeException.ThrowIfLessThan(TargetBytes, 1, nameof(TargetBytes));
    }
}
