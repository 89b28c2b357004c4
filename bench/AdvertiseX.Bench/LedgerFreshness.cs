using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Bench;

/// <summary>Time from an event's own time to the commit that made its row queryable.</summary>
internal static class LedgerFreshness
{
    private const string Quantiles = "[0.5, 0.99, 1]";

    /// <summary>Median, 99 % and most, in seconds, of the rows that came after a ledger version.</summary>
    public static async Task<IReadOnlyList<double>> OfAsync(DataLake lake, long after, string table)
    {
        var parts = new List<string>();
        for (var version = after + 1; version <= lake.Ledger.Version; version++)
        {
            var entry = (await lake.Ledger.ReadEntryAsync(version, default))!;
            var committed = (entry.CommittedTime.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
            var files = entry.FilesOf(table).Select(file => lake.Table(table).AddressOf(file.Path)).ToList();
            if (files.Count > 0)
                parts.Add(
                    $"SELECT {committed} - epoch_us(event_time) AS age FROM read_parquet({SqlDialect.DuckDb.List(files)})"
                );
        }

        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"SELECT unnest(quantile_cont(age, {Quantiles})) / 1e6 FROM ({string.Join(" UNION ALL ", parts)})"
        );
        var rows = result.Rows();
        var seconds = new List<double>();
        while (rows.Read())
            seconds.Add(rows.GetDouble(0));
        return seconds;
    }
}
