using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Parquet;

/// <summary>Compares rows of two batches by their values.</summary>
internal static class BatchRows
{
    /// <summary>Rows of <paramref name="read"/> from <paramref name="at"/> on are the given rows of
    /// <paramref name="batch"/>, in the columns of the first that are not partitions.</summary>
    public static void AssertEqual(ColumnBatch batch, ReadOnlySpan<int> rows, ColumnBatch read, int at)
    {
        foreach (var column in read.Columns.Where(c => !c.Definition.Partition))
        {
            var expected = batch[column.Definition.Name];
            for (var i = 0; i < rows.Length; i++)
            {
                if (!Same(expected, rows[i], column, at + i))
                    Assert.Fail($"{column.Definition.Name} differs in row {at + i}, row {rows[i]} of what was written");
            }
        }
    }

    private static unsafe bool Same(Column one, int row, Column other, int otherRow) =>
        one.IsValid(row) == other.IsValid(otherRow)
        && (
            !one.IsValid(row)
            || (one, other) switch
            {
                (FixedColumn<long> a, FixedColumn<long> b) => a.Values[row] == b.Values[otherRow],
                (FixedColumn<int> a, FixedColumn<int> b) => a.Values[row] == b.Values[otherRow],
                (FixedColumn<byte> a, FixedColumn<byte> b) => a.Values[row] == b.Values[otherRow],
                (TextColumn a, TextColumn b) => a.Get(row).SequenceEqual(b.Get(otherRow)),
                (DictionaryColumn a, DictionaryColumn b) => a.Get(row).SequenceEqual(b.Get(otherRow)),
                _ => false,
            }
        );
}
