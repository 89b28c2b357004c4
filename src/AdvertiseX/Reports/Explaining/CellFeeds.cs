using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Reports.Explaining;

/// <summary>What the ledger says of the feeds behind a day.</summary>
internal static class CellFeeds
{
    private static readonly string[] Kinds = ["impressions", "clicks", "conversions"];

    /// <summary>The newest commit, whatever it brought; null before the first.</summary>
    public static async Task<DateTimeOffset?> AsOfAsync(ModelTrial trial, DataLake lake, CancellationToken cancellation)
    {
        using var rows = new NamedRows(
            await trial.ReadAsync(
                $"select max(unix_micros(committed_time)) as micros from {IngestLedger.TableName}",
                [LedgerSet(lake)],
                cancellation
            )
        );
        return rows.Read() ? rows.Time("micros") : null;
    }

    /// <summary>The counts of the streams that brought events of the UTC dates which the day lies on, by
    /// kind.</summary>
    public static async Task<IReadOnlyList<StreamCounts>> ReadAsync(
        ModelTrial trial,
        DataLake lake,
        CellDay day,
        CancellationToken cancellation
    )
    {
        var sets = new List<ParquetSet> { LedgerSet(lake) };
        foreach (var kind in Kinds)
            sets.Add(await trial.SetAsync(kind, cancellation, only: file => day.Touches(file.EventDate)));
        var streams = string.Join(
            "\nunion all\n",
            Kinds.Select(kind => $"select distinct '{kind}' as kind, stream from {kind}")
        );
        var feeds = new List<StreamCounts>();
        using var rows = new NamedRows(
            await trial.ReadAsync(
                $"""
                with brought as (
                {streams}
                )
                select l.kind, count(distinct l.stream) as streams, {string.Join(
                    ", ",
                    Counts.Select(count => $"cast(sum(l.{count}) as bigint) as {count}")
                )}
                from {IngestLedger.TableName} l
                join brought b on b.kind = l.kind and b.stream = l.stream
                group by l.kind
                """,
                sets,
                cancellation
            )
        );
        while (rows.Read())
        {
            feeds.Add(
                new StreamCounts(
                    rows.Text("kind")!,
                    rows.Count("streams"),
                    rows.Count("received"),
                    rows.Count("accepted"),
                    rows.Count("duplicate"),
                    rows.Count("rejected"),
                    rows.Count("filtered")
                )
            );
        }

        return [.. feeds.OrderBy(feed => Array.IndexOf(Kinds, feed.Kind))];
    }

    private static readonly string[] Counts = ["received", "accepted", "duplicate", "rejected", "filtered"];

    private static ParquetSet LedgerSet(DataLake lake) =>
        LakeSets.Of(lake.AllTables.Single(table => table.Name == IngestLedger.TableName));
}
