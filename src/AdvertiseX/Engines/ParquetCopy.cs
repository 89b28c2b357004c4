using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>Writes a SELECT with DuckDB's COPY.</summary>
internal static class ParquetCopy
{
    private const string NullPartition = "__HIVE_DEFAULT_PARTITION__";

    internal static IReadOnlyList<WrittenFile> Run(DuckDbConnection connection, string select, ParquetOutput output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(output.RowGroupRows, 2_048, nameof(output));
        if (output.PartitionColumn is not null && output.MaxFileBytes is not null)
            throw new ArgumentException("a size limit and a partition column exclude each other", nameof(output));
        // The target is a parameter, so that DuckDB plans the statement once, when it runs: one that reads files and
        // has none is planned when it is prepared and again when it runs.
        var (sql, target) = Statement(select, output);
        using var statement = connection.Prepare(sql);
        using var result = statement.Bind(1, target).Query();
        return Collect(result.Rows(), output);
    }

    // A dictionary of more is none for ids: to find that out with the default limit costs a fifth of the writing.
    private const int MaxDictionary = 4096;

    private static (string Sql, string Target) Statement(string select, ParquetOutput output)
    {
        var rows = $"(\n{SelectText.Inner(select)}\n)";
        var source =
            output.SortColumns.Count == 0
                ? rows
                : $"(SELECT * FROM {rows} ORDER BY {string.Join(", ", output.SortColumns.Select(SqlDialect.DuckDb.Name))})";
        var compression = output.IsScratch ? "COMPRESSION uncompressed" : "COMPRESSION zstd, COMPRESSION_LEVEL 1";
        var version = output.IsVersion2 ? "V2" : "V1";
        var options =
            $"FORMAT parquet, PARQUET_VERSION {version}, DICTIONARY_SIZE_LIMIT {MaxDictionary}, {compression}, ROW_GROUP_SIZE {output.RowGroupRows}, RETURN_STATS true";
        string target;
        if (output.PartitionColumn is null && output.MaxFileBytes is null)
        {
            target = $"{output.Folder.TrimEnd('/')}/{output.FilePrefix}.parquet";
        }
        else
        {
            target = output.Folder;
            options += $", APPEND true, FILENAME_PATTERN {SqlDialect.DuckDb.Text(output.FilePrefix + "-{uuid}")}";
            options += output.PartitionColumn is { } column
                ? $", PARTITION_BY ({SqlDialect.DuckDb.Name(column)})"
                : $", FILE_SIZE_BYTES {output.MaxFileBytes}";
        }

        return ($"COPY {source} TO $target ({options})", target);
    }

    // Columns of RETURN_STATS: filename, count, file_size_bytes, footer_size_bytes, column_statistics, partition_keys.
    private static List<WrittenFile> Collect(DuckDbRows rows, ParquetOutput output)
    {
        var files = new List<WrittenFile>();
        while (rows.Read())
        {
            var path = rows.GetString(0);
            files.Add(
                new WrittenFile(path, rows.GetInt64(1), rows.GetInt64(2), PartitionValue(path, output.PartitionColumn))
            );
        }

        files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        return files;
    }

    private static string? PartitionValue(string path, string? column)
    {
        if (column is null)
            return null;
        var folder = Path.GetFileName(Path.GetDirectoryName(path)!);
        var value = Uri.UnescapeDataString(folder[(folder.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return value == NullPartition ? null : value;
    }
}
