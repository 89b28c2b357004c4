using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Reports;

/// <summary>
/// Performance with its ratios, sum ÷ sum, null when the denominator is 0 (docs/terms.md, Metrics). One row for each
/// subject, period and currency; money is in units of the currency. Reads rollups and marts, never facts. Thread-safe.
/// </summary>
public static class PerformanceReport
{
    private const string LoadCommand = "adx reference load";

    /// <summary>Starts the report.</summary>
    /// <exception cref="LakeException">The models were never run.</exception>
    /// <exception cref="ArgumentException">Options contradict each other; the message is
    /// <see cref="PerformanceReportOptions.Problem"/>.</exception>
    /// <exception cref="QueryException">The query failed, or met a limit of the engine.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<QueryResult> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        PerformanceReportOptions options,
        CancellationToken cancellation = default
    )
    {
        options.Check();
        var select = new PerformanceSelect(options, engine.Dialect);
        var sets = await ReportTables.SetsAsync(lake, select.Tables, cancellation);
        var clocks =
            options.Reach || options.Completeness || options.Pacing
                ? await ReportClocks.ReadAsync(engine, sets, cancellation)
                : "";
        var asOf = options.Completeness ? await LedgerReading.LastCommitMicrosAsync(engine, lake, cancellation) : null;
        var fed = options.Pacing
            ? await NewestReceipt.MicrosAsync(engine, lake, ["campaign_performance"], cancellation)
            : null;
        return await engine.ReadAsync(engine.Dialect.Translate(select.Text(clocks, asOf, fed)), sets, cancellation);
    }

    /// <summary>What a reader of the report has to know: clicks, campaigns and events that wait for a
    /// description.</summary>
    /// <exception cref="LakeException">The models were never run.</exception>
    public static async Task<IReadOnlyList<string>> NotesAsync(
        IQueryEngine engine,
        DataLake lake,
        PerformanceReportOptions options,
        CancellationToken cancellation = default
    )
    {
        // What is described already, and only awaits a run, needs no command to load it.
        var sets = await ReportTables.NewestSetsAsync(
            lake,
            ["campaign_performance", "campaigns", "click_attribution"],
            cancellation
        );
        var report = new PerformanceSelect(options, engine.Dialect);
        var where = report.Where;
        var notes = new List<string>();
        var clicks = await CountAsync(
            "select count(*) from click_attribution where campaign_id = '(unknown)' and creative_id <> '(unknown)'"
        );
        if (clicks > 0)
            notes.Add($"{Of(clicks, "click")} waiting for a description of a creative: {LoadCommand} creatives.csv");
        var campaigns = await CountAsync(
            $"select count(distinct p.campaign_id) from campaign_performance p where p.campaign_id <> '(unknown)' and {where} "
                + "and not exists (select 1 from campaigns g where g.campaign_id = p.campaign_id)"
        );
        if (campaigns > 0)
            notes.Add(
                $"{Of(campaigns, "campaign")} without a description (UTC, spend from media cost): {LoadCommand} campaigns.csv"
            );
        var unpriced = await CountAsync(
            $"select coalesce(sum(unpriced_events), 0) from campaign_performance p where {where}"
        );
        if (unpriced > 0)
            notes.Add($"impressions and clicks without a rate and a cost: {unpriced}; spend is without them");
        var unearned = await CountAsync(
            $"select coalesce(sum(unattributed_adjustments), 0) from campaign_performance p where {where}"
        );
        var unmatched = await CountAsync(
            $"select coalesce(sum(unmatched_adjustments), 0) from campaign_performance p where {where}"
        );
        if (unearned + unmatched > 0)
            notes.Add(
                $"{Of(unearned + unmatched, "adjustment")} taken from no revenue ({unearned} of conversions without a touch, {unmatched} of none): --completeness of campaigns has the amounts"
            );
        var foreign = await CountAsync(
            $"select count(distinct p.campaign_id) from campaign_performance p where p.is_foreign and {where} "
                + $"and (p.priced_events > 0 or p.{report.RevenueCount} > 0)"
        );
        if (foreign > 0)
            notes.Add(
                $"{Of(foreign, "campaign")} paid or earning in several currencies: ratios that would mix them are empty, and leave them out of sums"
            );
        return notes;

        async Task<long> CountAsync(string select)
        {
            using var result = await engine.ReadAsync(
                $"select cast(n as bigint) from ({select}) as counted(n)",
                sets,
                cancellation
            );
            return result.Read() ? result.GetInt64(0) : 0;
        }
    }

    private static string Of(long count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";
}
