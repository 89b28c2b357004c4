namespace AdvertiseX.Engines;

/// <summary>Where and how the rows of a SELECT are written.</summary>
/// <param name="Folder">Address of a folder that is there. Files that are there stay.</param>
public sealed record ParquetOutput(string Folder)
{
    /// <summary>How the names of the files begin: what one call wrote, whole or not, can be told from everything else
    /// in the folder.</summary>
    public string FilePrefix { get; init; } = $"part-{Guid.CreateVersion7():N}";

    /// <summary>
    /// One folder for each value of this column (<c>event_date=2024-03-01/</c>), which is then not in the files; null
    /// for none.
    /// </summary>
    public string? PartitionColumn { get; init; }

    /// <summary>
    /// Rows are ordered by these columns, ascending, so that row-group statistics prune. With
    /// <see cref="PartitionColumn"/> a large file may hold a few ordered runs one after the other.
    /// </summary>
    public IReadOnlyList<string> SortColumns { get; init; } = [];

    /// <summary>The files are read again soon and then thrown away: not compressed, which costs more than it
    /// spares.</summary>
    public bool IsScratch { get; init; }

    /// <summary>
    /// With the encodings of Parquet's version 2, which hold numbers and texts as differences: smaller, and cheaper to
    /// write and to read. Not for columns of floating-point numbers, which DuckDB would write in one
    /// (BYTE_STREAM_SPLIT) that Spark's reader refuses.
    /// </summary>
    public bool IsVersion2 { get; init; }

    /// <summary>Rows of a row group, at least 2,048.</summary>
    public int RowGroupRows { get; init; } = 122_880;

    /// <summary>A file that reached this size is closed and another begun; null for no limit. Not with a partition
    /// column.</summary>
    public long? MaxFileBytes { get; init; }
}
