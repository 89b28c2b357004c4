namespace AdvertiseX.Parquet;

/// <summary>How a Parquet file is laid out. Change a default with <c>with</c>.</summary>
public readonly record struct ParquetOptions
{
    public ParquetOptions()
    {
    }

    /// <summary>Rows of a row group, 1 to 1,048,576; the last one may hold fewer.</summary>
    public int RowGroupRows { get; init; } = 131_072;

    /// <summary>Rows of a data page at most, 1 to 131,072.</summary>
    public int PageRows { get; init; } = 16_384;

    /// <summary>Bytes of text after which a page ends, 1 to 256 MB; a single longer value still gets its page.</summary>
    public int PageTextBytes { get; init; } = 1 << 20;

    /// <summary>Whether pages are compressed with zstd where a sample of the column shows that it pays.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Part of a page that compression must save to be kept, 0 to 1.</summary>
    public double MinimumSaving { get; init; } = 0.08;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Check()
    {
        Check(RowGroupRows, 1, 1 << 20, nameof(RowGroupRows));
        Check(PageRows, 1, 131_072, nameof(PageRows));
        Check(PageTextBytes, 1, 256 << 20, nameof(PageTextBytes));
        if (!(MinimumSaving is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(MinimumSaving), MinimumSaving, "allowed: 0 to 1");
    }

    private static void Check(int value, int from, int to, string name)
    {
        if (value < from || value > to) throw new ArgumentOutOfRangeException(name, value, $"allowed: {from} to {to}");
    }
}
