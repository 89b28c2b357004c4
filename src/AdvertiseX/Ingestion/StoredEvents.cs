using AdvertiseX.Columns;
using AdvertiseX.Deduplication;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Parquet;

namespace AdvertiseX.Ingestion;

/// <summary>Receives a row of a batch with id and payload hash of a stored event that may be its copy.</summary>
internal delegate void StoredEventVisitor(int row, ReadOnlySpan<byte> eventId, int payloadHash);

/// <summary>Reads ids and payload hashes of single rows of fact files: from their pages where the file has our own
/// layout, and through DuckDB where it has another. Thread-safe.</summary>
internal sealed class StoredEvents(DataLake lake)
{
    /// <summary>Reads the stored rows of some possible copies.</summary>
    /// <param name="key">The file.</param>
    /// <param name="copies">In the order of the file.</param>
    /// <param name="visit">Called for each.</param>
    /// <exception cref="DeltaException">The file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public void Read(string key, List<PossibleCopy> copies, StoredEventVisitor visit)
    {
        if (copies.Count == 0)
            return;
        var rows = copies.Select(copy => copy.Stored).Distinct().ToList();
        var next = 0;
        ParquetRowReader.RowVisitor each = (row, id, payload) =>
        {
            for (; next < copies.Count && copies[next].Stored == row; next++)
                visit(copies[next].Row, id, payload);
        };
        using (var file = lake.Store.OpenReader(key))
            if (
                ParquetRowReader.TryRead(new RangeInput(file.Length, file.Read), rows, "event_id", "payload_hash", each)
            )
                return;
        next = 0;
        ReadThroughDuckDb(key, rows, each);
    }

    /// <summary>Days of all rows of a file of our own layout, as days since 1970 UTC.</summary>
    /// <exception cref="DeltaException">The file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public unsafe IReadOnlyList<int> DaysOf(string key)
    {
        var table = FactTables.All.Single(schema => key.StartsWith(schema.Name + "/", StringComparison.Ordinal));
        using var batch = new ColumnBatch(
            new TableSchema(table.Name, [table.Columns[table.Ordinal(AddFile.TimeColumn)]])
        );
        using var scratch = new DecodeScratch();
        using var file = lake.Store.OpenReader(key);
        var result = ParquetBatchReader.ReadAll(new RangeInput(file.Length, file.Read), table, scratch, batch);
        if (!result.IsOk)
            throw new DeltaException($"{key} cannot be read: {result.Detail}");
        var days = new int[batch.Rows];
        for (var row = 0; row < days.Length; row++)
            days[row] = LakeFile.DayOf(batch.Int64(AddFile.TimeColumn).Values[row]);
        return days;
    }

    private void ReadThroughDuckDb(string key, List<long> rows, ParquetRowReader.RowVisitor visit)
    {
        var address = lake.Store.AddressOf(key);
        try
        {
            using var connection = lake.Engine.Connect();
            using var result = connection.Query(
                $"SELECT file_row_number, event_id, payload_hash FROM read_parquet({SqlDialect.DuckDb.Text(address)}, file_row_number = true) "
                    + $"WHERE file_row_number BETWEEN {rows[0]} AND {rows[^1]} ORDER BY file_row_number"
            );
            var next = 0;
            while (result.NextChunk() is { } chunk)
            {
                var numbers = chunk[0].Values<long>();
                var payloads = chunk[2].Values<int>();
                for (var i = 0; i < chunk.RowCount && next < rows.Count; i++)
                {
                    if (numbers[i] != rows[next])
                        continue;
                    visit(numbers[i], chunk[1].GetBytes(i), payloads[i]);
                    next++;
                }
            }
        }
        catch (DuckDb.DuckDbException failed)
        {
            throw new DeltaException($"{address} cannot be read: {failed.Message}", failed);
        }
    }
}
