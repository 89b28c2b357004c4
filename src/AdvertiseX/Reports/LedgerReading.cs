using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Reports;

/// <summary>What reports read of the ledger.</summary>
internal static class LedgerReading
{
    /// <summary>When the lake was fed last, in micros of UTC; null for never.</summary>
    public static async Task<long?> LastCommitMicrosAsync(
        IQueryEngine engine,
        DataLake lake,
        CancellationToken cancellation
    )
    {
        var ledger = LakeSets.Of(lake.AllTables.Single(table => table.Name == IngestLedger.TableName));
        var select = engine.Dialect.Translate($"select max(unix_micros(committed_time)) from {IngestLedger.TableName}");
        using var result = await engine.ReadAsync(select, [ledger], cancellation);
        return result.Read() && !result.IsNull(0) ? result.GetInt64(0) : null;
    }
}
