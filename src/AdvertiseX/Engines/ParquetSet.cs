namespace AdvertiseX.Engines;

/// <summary>A table as a SELECT sees it: a name over Parquet files that all hold the same kind of rows.</summary>
/// <param name="Name">The name used in SQL.</param>
/// <param name="Columns">
/// What the SELECT sees, in this order, the partition column included. Other columns of the files are hidden, values of
/// another type are cast.
/// </param>
/// <param name="Files">Absolute paths, taken literally; none makes an empty table. Symbolic links are not followed, but
/// refused.</param>
public sealed record ParquetSet(string Name, IReadOnlyList<ParquetColumn> Columns, IReadOnlyList<string> Files)
{
    /// <summary>The column whose values stand in the paths (<c>event_date=2024-03-01/</c>), or null.</summary>
    public string? PartitionColumn { get; init; }

    /// <summary>Only rows for which this condition holds, in the engine's SQL; it may name sets that come before. Null
    /// for all.</summary>
    public string? Where { get; init; }

    /// <summary>
    /// Some files may lack columns (the table grew), which are then null. Costs reading every file's footer for each
    /// statement (about 0.1 ms a file), so it is for tables of which that is known.
    /// </summary>
    public bool FilesMayLackColumns { get; init; }

    /// <summary>The set with one more condition.</summary>
    internal ParquetSet And(string condition) =>
        this with
        {
            Where = Where is null ? condition : $"({Where}) and ({condition})",
        };
}
