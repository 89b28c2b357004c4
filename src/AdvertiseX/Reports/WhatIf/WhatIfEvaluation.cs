using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Reports.WhatIf;

/// <summary>
/// Evaluates the attribution models with other windows over the facts of the lake, which stays as it is, and compares.
/// Today's figures are those of the lake's tables, or where these are behind the facts what a refresh would make of
/// them, so that rules alone make the difference. Thread-safe.
/// </summary>
internal static class WhatIfEvaluation
{
    private const string Clicks = "click_attribution";
    private const string Touches = "conversion_touches";
    private const string Credits = AttributionModels.Table;

    /// <param name="engine">Evaluates; stays the caller's.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="options">The rules.</param>
    /// <param name="models">How models are run; null for the defaults.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ArgumentException">The dates are the wrong way round, or there is no such model.</exception>
    /// <exception cref="LakeException">A campaign is not known, or no conversion of the dates has credit.</exception>
    public static async Task<WhatIfReport> RunAsync(
        IQueryEngine engine,
        DataLake lake,
        WhatIfOptions options,
        ModelRunnerOptions? models = null,
        CancellationToken cancellation = default
    )
    {
        if (options.From > options.To)
            throw new ArgumentException($"--from {options.From:yyyy-MM-dd} is after --to {options.To:yyyy-MM-dd}");
        if (!AttributionModels.Names.Contains(options.Model))
            throw new ArgumentException(
                $"there is no attribution model {options.Model}; there are {string.Join(", ", AttributionModels.Names)}"
            );
        using var trial = new ModelTrial(lake, engine, options: models);
        var staleness = await trial.StalenessAsync([Credits, "campaign_performance"], cancellation);
        await trial.BringUpToDateAsync(Credits, cancellation);
        var today = await trial.SetAsync(Credits, cancellation, "today");
        await ChangeWindowsAsync(trial, options, cancellation);
        trial.Replace(Touches, await trial.EvaluateAsync(Touches, cancellation));
        var other = trial.SetOf(Credits, await trial.EvaluateAsync(Credits, cancellation), "other");
        var comparison = await WhatIfComparison.StartAsync(trial, today, other, options, cancellation);
        return new WhatIfReport(
            options.By == WhatIfGrain.Total ? [] : await comparison.RowsAsync(options.By, cancellation),
            await comparison.RowsAsync(WhatIfGrain.Total, cancellation),
            staleness.Note is { } note ? [$"{note}; today's figures are those after adx run"] : [],
            staleness,
            await DatesAsync(trial, today, other, comparison, options, cancellation)
        );
    }

    /// <exception cref="LakeException">Dates were asked for on which no conversion has credit.</exception>
    private static async Task<FigureDates> DatesAsync(
        ModelTrial trial,
        ParquetSet today,
        ParquetSet other,
        WhatIfComparison comparison,
        WhatIfOptions options,
        CancellationToken cancellation
    )
    {
        var dates = await comparison.DatesAsync(cancellation);
        var isAnyDate = options is { From: null, To: null };
        if (dates.HasAny || isAnyDate)
            return dates;
        var anyDate = options with { From = null, To = null };
        var all = await WhatIfComparison.StartAsync(trial, today, other, anyDate, cancellation);
        dates = (await all.DatesAsync(cancellation)) with { HasAny = false };
        dates.Require("conversions with credit", options.From, options.To);
        return dates;
    }

    private static async Task ChangeWindowsAsync(
        ModelTrial trial,
        WhatIfOptions options,
        CancellationToken cancellation
    )
    {
        await RedescribeAsync(trial, options, cancellation);
        if (options.MatchWindow is not null)
            trial.Replace(Clicks, await trial.EvaluateAsync(Clicks, cancellation));
        // Also views whose campaign nobody knows, which no description reaches.
        if (options.ViewWindow == TimeSpan.Zero && options.Campaigns.Count == 0)
            trial.Replace("impressions", []);
    }

    /// <summary>
    /// Puts descriptions with the other windows in place of <c>campaigns</c>; campaigns that nobody described get a row
    /// that says nothing but the windows.
    /// </summary>
    private static async Task RedescribeAsync(ModelTrial trial, WhatIfOptions options, CancellationToken cancellation)
    {
        ParquetSet[] sets =
        [
            await trial.SetAsync("campaigns", cancellation),
            await trial.SetAsync(Clicks, cancellation),
            await trial.SetAsync("creatives", cancellation),
            await trial.SetAsync("impressions", cancellation),
        ];
        var seen = await trial.ScratchAsync("seen", [new("campaign_id", SqlType.Text)], SeenSelect, sets, cancellation);
        await RequireKnownAsync(trial, seen, options.Campaigns, cancellation);
        var windows = new Dictionary<string, TimeSpan?>(StringComparer.Ordinal)
        {
            ["conversion_click_window_micros"] = options.ClickWindow,
            ["view_window_micros"] = options.ViewWindow,
            ["click_window_micros"] = options.MatchWindow,
        };
        var columns = trial
            .ColumnsOf("campaigns")
            .Select(column =>
                column.Name == "campaign_id" ? "s.campaign_id"
                : windows.TryGetValue(column.Name, out var window) && window is { } other
                    ? $"{Changed(trial.Dialect, column.Name, other, options.Campaigns)} as {column.Name}"
                : $"g.{column.Name}"
            );
        await trial.ReplaceAsync(
            "campaigns",
            $"select {string.Join(", ", columns)} from seen s left join campaigns g on g.campaign_id = s.campaign_id",
            [sets[0], seen],
            cancellation
        );
    }

    private const string SeenSelect = """
        select campaign_id from campaigns
        union select campaign_id from creatives
        union select campaign_id from click_attribution
        union select campaign_id from impressions where campaign_id is not null
        """;

    private static string Changed(SqlDialect dialect, string column, TimeSpan window, IReadOnlyList<string> campaigns)
    {
        var micros = window.Ticks / TimeSpan.TicksPerMicrosecond;
        var value = string.Create(CultureInfo.InvariantCulture, $"cast({micros} as bigint)");
        return campaigns.Count == 0
            ? value
            : $"case when s.campaign_id in ({dialect.Texts(campaigns)}) then {value} else g.{column} end";
    }

    private static async Task RequireKnownAsync(
        ModelTrial trial,
        ParquetSet seen,
        IReadOnlyList<string> campaigns,
        CancellationToken cancellation
    )
    {
        foreach (var campaign in campaigns)
        {
            using var rows = await trial.ReadAsync(
                $"select 1 from seen where campaign_id = {trial.Dialect.Text(campaign)}",
                [seen],
                cancellation
            );
            if (!rows.Read())
                throw new LakeException(
                    $"no campaign {TerminalText.Visible(campaign)} is described, or has an impression or a click"
                );
        }
    }
}
