using AdvertiseX.Configuration;

namespace AdvertiseX.Parquet;

/// <summary>How a Parquet file is laid out. Change a default with <c>with</c>.</summary>
public readonly record struct ParquetOptions()
{
    /// <summary>Rows of a row group; the last one of a file may hold fewer.</summary>
    [Option("rows", 1, 1 << 20, Key = "parquet.row_group_rows")]
    public int RowGroupRows { get; init; } = 131_072;

    /// <summary>Rows of a data page at most.</summary>
    [Option("rows", 1, 131_072, Key = "parquet.page_rows")]
    public int PageRows { get; init; } = 16_384;

    /// <summary>A page of text ends after so much; a single longer value still gets its page.</summary>
    [Option("bytes", 1, 256 << 20, Key = "parquet.page_text_bytes")]
    public int PageTextBytes { get; init; } = 1 << 20;

    /// <summary>Compress pages with zstd where a sample of the column shows that it pays.</summary>
    [Option(Key = "parquet.compress")]
    public bool Compress { get; init; } = true;

    /// <summary>The part of a page that compression must save to be kept.</summary>
    [Option("", 0, 1, Key = "parquet.minimum_saving")]
    public double MinimumSaving { get; init; } = 0.08;
}
