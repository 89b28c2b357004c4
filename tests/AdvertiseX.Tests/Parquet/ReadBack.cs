using AdvertiseX.Columns;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Tests.Parquet;

/// <summary>Compares a Parquet file, as DuckDB reads it, with the rows of a batch.</summary>
internal static class ReadBack
{
    /// <summary>DuckDB, which tests of files share: each takes a connection of its own.</summary>
    public static DuckDbDatabase Database { get; } = DuckDbDatabase.Open();

    public static void AssertEqual(DuckDbConnection connection, string path, ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        var columns = batch.Columns.Where(c => !c.Definition.Partition).ToArray();
        using var result = connection.Query(
            $"SELECT * FROM read_parquet('{path}', file_row_number = true, hive_partitioning = false) ORDER BY file_row_number"
        );
        Assert.Equal(
            [.. columns.Select(c => c.Definition.Name), "file_row_number"],
            result.Columns.Select(c => c.Name)
        );
        var at = 0;
        while (result.NextChunk() is { } chunk)
        {
            Assert.True(at + chunk.RowCount <= rows.Length, "too many rows");
            for (var c = 0; c < columns.Length; c++)
                AssertColumn(chunk[c], columns[c], rows.Slice(at, chunk.RowCount), at);
            at += chunk.RowCount;
        }

        Assert.Equal(rows.Length, at);
    }

    private static void AssertColumn(DuckDbVector read, Column column, ReadOnlySpan<int> rows, int at)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var same = column.IsValid(rows[i])
                ? !read.IsNull(i) && SameValue(read, column, rows[i], i)
                : read.IsNull(i);
            if (!same)
                Assert.Fail($"{column.Definition.Name} differs in row {at + i} of the file, {rows[i]} of the batch");
        }
    }

    private static unsafe bool SameValue(DuckDbVector read, Column column, int row, int i) =>
        column switch
        {
            FixedColumn<long> longs => read.GetInt64(i) == longs.Values[row],
            FixedColumn<int> ints => read.GetInt64(i) == ints.Values[row],
            FixedColumn<byte> flags => read.GetBoolean(i) == (flags.Values[row] != 0),
            TextColumn text => read.GetBytes(i).SequenceEqual(text.Get(row)),
            DictionaryColumn coded => read.GetBytes(i).SequenceEqual(coded.Get(row)),
            _ => throw new NotSupportedException(),
        };
}
