using System.Text.Json.Serialization;

namespace AdvertiseX.Lake;

/// <summary>
/// A Parquet file that was written for a table and made durable, and that no reader sees until the ledger commit which
/// names it is applied. It already lies at its final place (<c>docs/decisions/011-ledger-commit.md</c>).
/// </summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Path">Path relative to the table's folder; <see cref="LakeTable.NewFilePath"/> makes one.</param>
/// <param name="PartitionDate">The partition's date; null for a table that is not partitioned or for the null
/// partition.</param>
/// <param name="Rows">Rows in the file.</param>
/// <param name="SizeBytes">Size of the file.</param>
/// <param name="StatsJson">Statistics as Delta wants them (numRecords, minValues, maxValues, nullCount), or null for
/// the row count alone.</param>
/// <param name="Hash">Hash of its bytes, as <see cref="Columns.FileHash"/> spells it; null until it is sealed, and in
/// ledgers written before files had one.</param>
internal sealed record StagedFile(
    string Table,
    string Path,
    DateOnly? PartitionDate,
    long Rows,
    long SizeBytes,
    string? StatsJson = null,
    string? Hash = null
)
{
    /// <summary>Whether it holds late rows of several dates, which wait to be written to files of their dates
    /// (<see cref="LateRows"/>).</summary>
    [JsonIgnore]
    public bool IsLate => LateRows.IsLate(Path);

    /// <summary>Its key in the lake's store.</summary>
    [JsonIgnore]
    public string Key => LakeTable.KeyOf(Table, Path);
}
