using System.CommandLine;
using AdvertiseX.Cli.Query;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Rejects;

/// <summary><c>adx rejects list</c>.</summary>
internal static class RejectsListCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var filter = new RejectFilter();
        var counts = SharedOptions.Named<bool>("--count", "Only count them, by feed, reason and field");
        var limit = SharedOptions.Named("--limit", "Records shown at most", "N", 50);
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand("list", "List rejected records, newest first.")
        {
            Examples =
            [
                ("adx rejects list --count", "how many, by feed, reason and field"),
                ("adx rejects list --feed impressions --limit 10", "the newest ten of one feed"),
            ],
        }.With([lake, .. filter.Options, counts, limit, json]);
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var most = (long)Usage.Range("--limit", parsed.GetValue(limit), 1, 1_000_000);
                var sql = parsed.GetValue(counts)
                    ? $"SELECT feed, reason, field, count(*) AS records FROM rejects {filter.Where(parsed)} GROUP BY ALL ORDER BY records DESC, feed, reason, field"
                    : $"""
                        SELECT feed, reason, field, expected, found, stream_offset AS "offset", coalesce(stream_ordinal, 0) AS ordinal, length, stream
                        FROM rejects {filter.Where(parsed)}
                        ORDER BY received_time DESC, stream, stream_offset, stream_ordinal LIMIT {most}
                        """;
                var format = parsed.GetValue(json) ? ResultFormat.Json : ResultFormat.Table;
                return QueryRun.RunAsync(new QueryRequest(sql, format, settings), terminal, cancellation);
            }
        );
        return command;
    }
}
