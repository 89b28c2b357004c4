using System.Globalization;
using System.Text.Json;
using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

/// <summary>Until when a lake is fed: the newest <c>received_time</c> of its facts.</summary>
internal static class NewestReceipt
{
    private const string Column = "received_time";

    /// <summary>The newest time of the facts that marts were made from, and of those that they do not read, by the
    /// statistics of the logs; only a file without statistics is read.</summary>
    /// <param name="engine">Reads files without statistics.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="marts">Names of models.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>Micros since 1970 UTC; null without facts.</returns>
    public static async Task<long?> MicrosAsync(
        IQueryEngine engine,
        DataLake lake,
        IReadOnlyList<string> marts,
        CancellationToken cancellation
    )
    {
        long? newest = null;
        foreach (var name in FactTables.All.Select(table => table.Name))
        {
            var version =
                await ConsumedVersions.OfAsync(lake, ModelCatalog.Shipped, marts, name, cancellation) ?? long.MaxValue;
            if (version < 0)
                continue;
            if (await ConsumedVersions.SnapshotAsync(lake, name, version, cancellation) is not { } snapshot)
                continue;
            var unknown = new List<string>();
            foreach (var file in snapshot.Files.Values)
            {
                if (LatestIn(file.Stats) is { } latest)
                    newest = Math.Max(newest ?? latest, latest);
                else
                    unknown.Add(lake.Table(name).AddressOf(file.Path));
            }

            if (unknown.Count > 0 && await ReadAsync(engine, name, unknown, cancellation) is { } read)
                newest = Math.Max(newest ?? read, read);
        }

        return newest;
    }

    private static long? LatestIn(string? statistics)
    {
        if (statistics is null)
            return null;
        try
        {
            using var json = JsonDocument.Parse(statistics);
            return
                json.RootElement.TryGetProperty("maxValues", out var greatest)
                && greatest.TryGetProperty(Column, out var value)
                && value.ValueKind == JsonValueKind.String
                && DateTimeOffset.TryParse(
                    value.GetString(),
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var time
                )
                ? EpochMicros.Of(time)
                : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Statistics are optional: where they are broken, the file is read.
            return null;
        }
    }

    private static async Task<long?> ReadAsync(
        IQueryEngine engine,
        string table,
        IReadOnlyList<string> files,
        CancellationToken cancellation
    )
    {
        var select = engine.Dialect.Translate($"select max(unix_micros({Column})) from {table}");
        using var result = await engine.ReadAsync(
            select,
            [ModelCatalog.Shipped.Set(table, table, files)],
            cancellation
        );
        return result.Read() && !result.IsNull(0) ? result.GetInt64(0) : null;
    }
}
