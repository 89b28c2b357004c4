using System.Globalization;
using AdvertiseX.Columns;
using AdvertiseX.Deduplication;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Parquet;

namespace AdvertiseX.Staging;

/// <summary>
/// What the lake holds, as the duplicate check reads it: keys straight from our own files, and through DuckDB where a file has
/// another layout or where ids are wanted. Thread-safe.
/// </summary>
internal sealed class LakeEvents(DataLake lake)
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
    public ValueTask<LakeFiles> FilesAsync(EventKind kind, IReadOnlySet<DateOnly> dates, CancellationToken cancellation) =>
        lake.FilesAsync(FactTables.Of(kind).Name, dates, cancellation);

    private void ScanKeys(string file, KeyVisitor visit)
    {
        if (ParquetKeyReader.TryRead(file, KeyColumn, keys => visit(keys))) return;
        using var connection = lake.Engine.Connect();
        using var result = connection.Query($"SELECT {KeyColumn} FROM read_parquet({SqlDialect.DuckDb.Text(file)})");
        while (result.NextChunk() is { } chunk) visit(chunk[0].Values<long>());
    }

    // A few rows are read from their pages alone; where many are wanted, or the layout is another, DuckDB reads the file.
    private void ReadEvents(string file, IReadOnlyList<KeyHit> hits, EventVisitor visit)
    {
        if (hits.Count <= MaxSingleRows && ReadRows(file, hits, visit)) return;
        string where = hits.Count > MaxListedKeys
            ? ""
            : $" WHERE {KeyColumn} IN ({string.Join(", ", hits.Select(h => h.Key.ToString(CultureInfo.InvariantCulture)))})";
        using var connection = lake.Engine.Connect();
        using var result = connection.Query($"SELECT {KeyColumn}, event_id, payload_hash FROM read_parquet({SqlDialect.DuckDb.Text(file)}){where}");
        while (result.NextChunk() is { } chunk)
        {
            var key = chunk[0].Values<long>();
            var payload = chunk[2].Values<int>();
            var id = chunk[1];
            for (int row = 0; row < chunk.RowCount; row++) visit(key[row], id.GetBytes(row), payload[row]);
        }
    }

    // The key is the hash of the id, so a row that is not the one meant is noticed.
    private static bool ReadRows(string file, IReadOnlyList<KeyHit> hits, EventVisitor visit)
    {
        int next = 0;
        bool right = true;
        bool read = ParquetRowReader.TryRead(file, [.. hits.Select(h => h.Row)], "event_id", "payload_hash", (_, id, payload) =>
        {
            long key = hits[next++].Key;
            if (key == (long)StableHash.Hash64(id)) visit(key, id, payload);
            else right = false;
        });
        return read && right;
    }
}
