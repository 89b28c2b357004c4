using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Lake;

/// <summary>Reads columns of a window's rows, file after file: the rows of all columns have the same numbers. For one
/// thread.</summary>
internal sealed class WindowReader(
    IReadOnlyList<MergeSource> sources,
    MergeWindow window,
    TableSchema schema,
    CancellationToken cancellation
)
{
    // More files than these are opened for each column anew.
    private const int MostOpen = 128;

    private static readonly string[] OrderColumns = ["campaign_id", "event_time", LakeTable.PartitionColumn];

    private readonly int _rows = checked((int)window.Until.Zip(window.From, (until, from) => until - from).Sum());

    /// <summary>The rows by the file that takes them, in each by campaign and time; null when a file has another
    /// layout.</summary>
    /// <exception cref="Delta.DeltaException">A file is damaged.</exception>
    public SliceOrder? ReadOrder(IReadOnlyList<MergeSlice> slices)
    {
        using var keys = Read([.. schema.Columns.Where(column => OrderColumns.Contains(column.Name))]);
        if (keys == null)
            return null;
        // All rows are of one date, which is not in the files.
        keys.Int32(LakeTable.PartitionColumn).Fill(keys.Rows, 0);
        using var order = OrderOf(keys);
        return new SliceOrder(keys, order.RowsAt(0), slices);
    }

    /// <summary>A batch of one column; null when a file has another layout.</summary>
    /// <exception cref="Delta.DeltaException">A file is damaged.</exception>
    public ColumnBatch? Read(ColumnDefinition column) => Read([column]);

    private static unsafe RowOrder OrderOf(ColumnBatch keys) => new(keys, null);

    private ColumnBatch? Read(IReadOnlyList<ColumnDefinition> columns)
    {
        var batch = new ColumnBatch(new TableSchema(schema.Name, columns), _rows + 1);
        for (var i = 0; i < sources.Count; i++)
        {
            if (!Read(sources[i], window.From[i], window.Until[i], batch))
            {
                batch.Dispose();
                return null;
            }

            if (sources.Count > MostOpen)
                sources[i].Release();
            // Files are alike: what the first holds tells how much text is to come.
            if (i == 0 && batch.Rows > 0)
                batch.Reserve(_rows, batch);
        }

        return batch;
    }

    private bool Read(MergeSource source, long from, long until, ColumnBatch batch)
    {
        long first = 0;
        for (var group = 0; group < source.Reader.RowGroups.Count && first < until; group++)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = source.Reader.RowGroups[group].Rows;
            int skip = (int)Math.Clamp(from - first, 0, rows),
                take = (int)Math.Clamp(until - first, 0, rows) - skip;
            if (take > 0 && !source.Read(group, skip, take, batch))
                return false;
            first += rows;
        }

        return true;
    }
}
