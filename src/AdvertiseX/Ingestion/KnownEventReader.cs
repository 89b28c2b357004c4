using System.Globalization;
using AdvertiseX.Columns;
using AdvertiseX.Deduplication;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Ingestion;

/// <summary>
/// What the lake holds, as the duplicate check reads it: keys straight from our own files, and through DuckDB where a
/// file has another layout or where ids are wanted. Thread-safe.
/// </summary>
internal sealed class KnownEventReader(DataLake lake)
{
    private const string KeyColumn = "event_key";

    // Beyond so many rows reading them one by one costs more than reading the file.
    private const int MaxSingleRows = 4000;

    // Beyond so many keys a file is read whole, as the list would cost more than the rows it spares.
    private const int MaxListedKeys = 2000;

    public KnownEvents Known => new(ScanKeys, ReadEvents);

    /// <summary>Ledger version read last.</summary>
    public long LedgerVersion => lake.Ledger.Version;

    /// <summary>Files of a kind's table for some dates, those not applied yet among them.</summary>
    public ValueTask<LakeFiles> FilesAsync(
        EventKind kind,
        IReadOnlySet<DateOnly> dates,
        CancellationToken cancellation
    ) => lake.FilesAsync(FactTables.Of(kind).Name, dates, cancellation);

    private void ScanKeys(string key, KeyVisitor visit)
    {
        using (var file = lake.Store.OpenReader(key))
            if (ParquetKeyReader.TryRead(InputOf(file), KeyColumn, keys => visit(keys)))
                return;
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"SELECT {KeyColumn} FROM read_parquet({SqlDialect.DuckDb.Text(lake.Store.AddressOf(key))})"
        );
        while (result.NextChunk() is { } chunk)
            visit(chunk[0].Values<long>());
    }

    // A few rows are read from their pages alone; where many are wanted, or the layout is another, DuckDB reads the
    // file.
    private void ReadEvents(string key, IReadOnlyList<KeyHit> hits, EventVisitor visit)
    {
        if (hits.Count <= MaxSingleRows && ReadRows(key, hits, visit))
            return;
        var where =
            hits.Count > MaxListedKeys
                ? ""
                : $" WHERE {KeyColumn} IN ({string.Join(", ", hits.Select(h => h.Key.ToString(CultureInfo.InvariantCulture)))})";
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"SELECT {KeyColumn}, event_id, payload_hash FROM read_parquet({SqlDialect.DuckDb.Text(lake.Store.AddressOf(key))}){where}"
        );
        while (result.NextChunk() is { } chunk)
        {
            var keys = chunk[0].Values<long>();
            var payload = chunk[2].Values<int>();
            var id = chunk[1];
            for (var row = 0; row < chunk.RowCount; row++)
                visit(keys[row], id.GetBytes(row), payload[row]);
        }
    }

    private static ParquetInput InputOf(ObjectReader file) => new(file.Length, file.Read);

    // The key is the hash of the id, so a row that is not the one meant is noticed.
    private bool ReadRows(string key, IReadOnlyList<KeyHit> hits, EventVisitor visit)
    {
        using var file = lake.Store.OpenReader(key);
        var next = 0;
        var right = true;
        var read = ParquetRowReader.TryRead(
            InputOf(file),
            [.. hits.Select(h => h.Row)],
            "event_id",
            "payload_hash",
            (_, id, payload) =>
            {
                var hit = hits[next++].Key;
                if (hit == (long)StableHash.Hash64(id))
                    visit(hit, id, payload);
                else
                    right = false;
            }
        );
        return read && right;
    }
}
