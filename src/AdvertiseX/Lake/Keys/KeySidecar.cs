using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Keys;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake.Keys;

/// <summary>
/// The sidecar of a fact file: its keys in order, each with its row, for event, user and auction keys, keys of links
/// and the hash of an order (<c>docs/decisions/054-key-files.md</c>). Made when the file is written, and anew from it
/// when it is missing or damaged. Thread-safe.
/// </summary>
internal static class KeySidecar
{
    /// <summary>The column of conversions whose text is hashed for a section of its own name.</summary>
    private const string OrderColumn = "order_id";

    /// <summary>Whether files of the table have sidecars.</summary>
    public static bool IsFor(TableSchema table) => table.Has(KeyPaths.EventSection);

    /// <summary>The keys of some rows of a batch, as a file with these rows in this order has them.</summary>
    public static unsafe KeyFileWriter Of(ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        var writer = new KeyFileWriter(rows.Length);
        foreach (var column in batch.Columns)
        {
            for (var from = 0; from == 0 || from < rows.Length; from += SortedKeys.MaxRows)
            {
                var part = rows.Slice(from, Math.Min(SortedKeys.MaxRows, rows.Length - from));
                if (IsKey(column.Definition))
                {
                    var keys = (FixedColumn<long>)column;
                    using var sorted = SortedKeys.Of(keys.Values, keys.Validity, keys.IsAllocated ? part : []);
                    writer.Add(column.Definition.Name, sorted);
                }
                else if (column is TextColumn { Definition.Name: OrderColumn } orders)
                {
                    using var sorted = OrdersOf(orders, part);
                    writer.Add(OrderColumn, sorted);
                }
            }
        }

        return writer;
    }

    /// <summary>Writes a key file under a key that nobody else uses.</summary>
    public static async ValueTask WriteAsync(
        IObjectStore store,
        string key,
        KeyFileWriter content,
        CancellationToken cancellation
    )
    {
        await using var target = await store.CreateAsync(key, cancellation);
        content.WriteTo(target.Content, key);
        await target.CompleteAsync(cancellation);
    }

    /// <summary>Makes the sidecar of a data file from the file, in place of one that may be there.</summary>
    /// <param name="store">The lake's store.</param>
    /// <param name="engine">Reads a file of another layout than our writer's.</param>
    /// <param name="table">The table.</param>
    /// <param name="path">Path of the data file, relative to the table's folder.</param>
    /// <param name="cancellation">Stops before it is written.</param>
    /// <exception cref="DeltaException">The file is damaged.</exception>
    /// <exception cref="IOException">There is no such file, or the store failed.</exception>
    public static async ValueTask MakeAsync(
        IObjectStore store,
        LakeEngine engine,
        TableSchema table,
        string path,
        CancellationToken cancellation
    )
    {
        var data = $"{table.Name}/{path}";
        var columns = table.Columns.Where(column => IsKey(column) || column.Name == OrderColumn).ToList();
        using var keys = Read(store, table, data, columns) ?? Read(engine, store.AddressOf(data), columns);
        // Whole at once, as others may be making the same, or read it.
        using var content = new MemoryStream();
        var key = KeyPaths.SidecarOf(table.Name, path);
        keys.WriteTo(content, key);
        await store.PutAsync(key, content.GetBuffer().AsMemory(0, (int)content.Length), cancellation);
        FaultPoint.Reach("sidecar: made anew");
    }

    // Null for a file of another layout.
    private static KeyFileWriter? Read(
        IObjectStore store,
        TableSchema table,
        string data,
        IReadOnlyList<ColumnDefinition> columns
    )
    {
        using var file = store.OpenReader(data);
        using var scratch = new DecodeScratch();
        using var batch = new ColumnBatch(new TableSchema(table.Name, columns));
        var result = ParquetBatchReader.ReadAll(new RangeInput(file.Length, file.Read), table, scratch, batch);
        if (result.Status == ParquetReadStatus.Damaged)
            throw new DeltaException($"{data} is damaged: {result.Detail}");
        return result.IsOk ? Of(batch, [.. Enumerable.Range(0, batch.Rows)]) : null;
    }

    private static KeyFileWriter Read(LakeEngine engine, string address, List<ColumnDefinition> columns)
    {
        try
        {
            using var connection = engine.Connect();
            using var result = connection.Query(
                $"SELECT {string.Join(", ", columns.Select(column => column.Name))} "
                    + $"FROM read_parquet({SqlDialect.DuckDb.Text(address)}, file_row_number = true) ORDER BY file_row_number"
            );
            var parts = columns.ConvertAll(_ => new List<List<ulong>> { new() });
            long row = 0;
            while (result.NextChunk() is { } chunk)
            {
                for (var c = 0; c < columns.Count; c++)
                    Add(chunk[c], columns[c].Type == ColumnType.Int64, chunk.RowCount, row, parts[c]);
                row += chunk.RowCount;
            }

            return Of(columns, parts, row);
        }
        catch (DuckDb.DuckDbException failed)
        {
            throw new DeltaException($"{address} cannot be read: {failed.Message}", failed);
        }
    }

    private static bool IsKey(ColumnDefinition column) => column is { Random: true, Type: ColumnType.Int64 };

    private static void Add(DuckDb.DuckDbVector values, bool isKey, int count, long first, List<List<ulong>> parts)
    {
        for (var i = 0; i < count; i++)
        {
            var (part, row) = Math.DivRem(first + i, SortedKeys.MaxRows);
            while (parts.Count <= part)
                parts.Add([]);
            if (values.IsNull(i))
                continue;
            var key = isKey ? values.Values<long>()[i] : (long)StableHash.Hash64(values.GetBytes(i));
            parts[(int)part].Add(SortedKeys.EntryOf(key, (int)row));
        }
    }

    private static KeyFileWriter Of(List<ColumnDefinition> columns, List<List<List<ulong>>> parts, long rows)
    {
        var writer = new KeyFileWriter(rows);
        for (var c = 0; c < columns.Count; c++)
        {
            foreach (var part in parts[c])
            {
                using var sorted = SortedKeys.Of(part);
                writer.Add(columns[c].Name, sorted);
            }
        }

        return writer;
    }

    private static unsafe SortedKeys OrdersOf(TextColumn orders, ReadOnlySpan<int> rows)
    {
        var entries = new List<ulong>();
        for (var i = 0; i < rows.Length; i++)
            if (orders.IsValid(rows[i]))
                entries.Add(SortedKeys.EntryOf((long)StableHash.Hash64(orders.Get(rows[i])), i));
        return SortedKeys.Of(entries);
    }
}
