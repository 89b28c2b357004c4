using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reference;

namespace AdvertiseX.Reports.Explaining;

/// <summary>Explains one cell of the campaign report from the tables as they are. Credits are those of last touch.
/// Thread-safe.</summary>
internal static class CellExplainer
{
    private const string Performance = "campaign_performance";

    /// <param name="engine">Evaluates; stays the caller's.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="cell">Which cell.</param>
    /// <param name="options">How models are run; null for the defaults.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="LakeException">The models were never run, or the campaign has no figures on that
    /// date.</exception>
    public static async Task<CellExplanation> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        CellOptions cell,
        ModelRunnerOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        if (lake.Tables.All(table => table.Name != Performance))
            throw new LakeException($"The lake has no {Performance} yet; adx run computes it.");
        using var trial = new ModelTrial(lake, engine, options: options);
        // Everything is read as the mart was made from it, so that the rows named come to the sums.
        foreach (var read in Read)
            trial.Pin(read, (await ReportTables.ConsumedAsync(lake, read, [Performance], cancellation)).Snapshot);
        var sums = await SumsAsync(trial, cell, cancellation);
        var day = await CellDay.FindAsync(trial, cell, cancellation);
        var rows = await CellRows.ReadAsync(trial, cell, day, cancellation);
        var (isPriced, rates) = await RatesAsync(trial, cell, day, cancellation);
        return new CellExplanation
        {
            Cell = cell,
            CampaignName = day.CampaignName,
            TimeZone = day.TimeZone,
            From = day.From,
            To = day.To,
            Figures = [.. sums.Select(row => FigureOf(cell.Metric, row, IsMixed(cell.Metric, sums)))],
            Sources = [.. cell.Metric.Measures.Distinct().SelectMany(measure => rows.SourcesOf(measure, isPriced))],
            IsPriced = isPriced,
            Rates = rates,
            Origins = await OriginsAsync(trial, cancellation),
            Staleness = await trial.StalenessAsync([Performance], cancellation),
            Completeness = await CompletenessAsync(trial, lake, cell, day, rows, sums, cancellation),
        };
    }

    private static IEnumerable<string> Read =>
        ReferenceTables
            .All.Select(table => table.Name)
            .Concat(FactTables.All.Select(table => table.Name))
            .Concat(ModelCatalog.Shipped.Ordered.Select(model => model.Name))
            .Where(name => name != Performance);

    private static CellFigure FigureOf(CellMetric metric, CellSums row, bool isMixed)
    {
        var (numerator, denominator) = (row.Of(metric.Numerator), metric.Denominator is { } name ? row.Of(name) : null);
        decimal? top = numerator is { } sum
            ? CellMetric.IsMoney(metric.Numerator)
                ? sum / 1_000_000m
                : sum
            : null;
        decimal? bottom = denominator is { } by
            ? CellMetric.IsMoney(metric.Denominator!)
                ? by / 1_000_000m
                : by
            : null;
        var value =
            metric.Denominator is null ? top
            : isMixed || bottom is null or 0 ? null
            : metric.Factor * top / bottom;
        return new CellFigure(row.Currency, numerator, denominator, value)
        {
            NullBecause =
                value is not null ? null
                : isMixed ? "the cell has money in several currencies, which no ratio mixes"
                : WhyNull(metric, numerator, denominator),
        };
    }

    /// <summary>Whether a ratio would mix currencies (docs/terms.md, Two currencies).</summary>
    private static bool IsMixed(CellMetric metric, IReadOnlyList<CellSums> sums) =>
        metric.Denominator is not null
        && metric.Measures.Any(measure =>
            measure is "spend" or "revenue" && sums.Any(row => row.Of($"foreign_{measure}") > 0)
        );

    /// <summary>Why a figure is null, as a sentence for people.</summary>
    private static string WhyNull(CellMetric metric, long? numerator, long? denominator)
    {
        if (numerator is null)
            return Unknown(metric.Numerator);
        var divisor = metric.Denominator!;
        return denominator is null
            ? Unknown(divisor)
            : $"there is nothing to divide by: {divisor.Replace('_', ' ')} {(divisor == "spend" ? "is" : "are")} 0";
    }

    private static string Unknown(string measure) =>
        measure == "spend"
            ? "no impression, click or conversion of that day has a rate or a cost: it is unpriced"
            : $"no event of that day says a {measure.Replace('_', ' ')}";

    private static async Task<IReadOnlyList<CellSums>> SumsAsync(
        ModelTrial trial,
        CellOptions cell,
        CancellationToken cancellation
    )
    {
        var date = cell.ByInteraction ? "interaction" : "conversion";
        var net = cell.Net ? "net_" : "";
        var select = $"""
            select
              currency,
              {Sum($"{net}impressions", "impressions")}, {Sum($"{net}clicks", "clicks")},
              {Sum($"{net}measured", "measured")}, {Sum($"{net}viewable", "viewable")},
              {Sum($"{net}tagged_conversions", "tagged_conversions")},
              {Sum($"{net}click_conversions_by_{date}", "click_conversions")},
              {Sum($"{net}view_conversions_by_{date}", "view_conversions")},
              {Sum($"{net}primary_conversions_by_{date}", "primary_conversions")},
              {Sum($"{net}revenue_by_{date}_micros", "revenue")},
              {Sum("media_cost_micros", "media_cost")}, {Sum(
                cell.Net ? "spend_micros" : "gross_spend_micros",
                "spend"
            )},
              {Sum("unpriced_events", "unpriced_events")},
              {Sum("impressions - net_impressions", "invalid_impressions")},
              {Sum("clicks - net_clicks", "invalid_clicks")},
              {Sum("tagged_conversions - net_tagged_conversions", "invalid_conversions")},
              {Sum("unattributed_adjustments", "unattributed_adjustments")},
              {Sum("unmatched_adjustments", "unmatched_adjustments")},
              {Sum("case when is_foreign then priced_events else 0 end", "foreign_spend")},
              {Sum($"case when is_foreign then {net}revenues_by_{date} else 0 end", "foreign_revenue")}
            from {Performance}
            where campaign_id = {trial.Dialect.Text(cell.CampaignId)} and local_date = date '{cell.Date:yyyy-MM-dd}'
            group by currency
            order by currency nulls last
            """;
        var sums = new List<CellSums>();
        using var rows = new NamedRows(
            await trial.ReadAsync(select, [await trial.SetAsync(Performance, cancellation)], cancellation)
        );
        while (rows.Read())
            sums.Add(CellSums.Of(rows));
        if (sums.Count > 0)
            return sums;
        throw new LakeException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"campaign {TerminalText.Visible(cell.CampaignId)} has no figures on {cell.Date:yyyy-MM-dd}, a day of its own zone"
            )
        );
    }

    private static string Sum(string expression, string name) => $"{MoneySums.Nearest($"sum({expression})")} as {name}";

    /// <summary>Whether the campaign has rates at all, and those in force on the day.</summary>
    private static async Task<(bool IsPriced, IReadOnlyList<CellRate> Rates)> RatesAsync(
        ModelTrial trial,
        CellOptions cell,
        CellDay day,
        CancellationToken cancellation
    )
    {
        var all = new List<CellRate>();
        using var rows = new NamedRows(
            await trial.ReadAsync(
                $"""
                select pricing_model, rate_micros, unix_micros(valid_from) as from_micros, unix_micros(valid_to) as to_micros
                from campaign_rates
                where campaign_id = {trial.Dialect.Text(cell.CampaignId)}
                order by valid_from nulls first
                """,
                [await trial.SetAsync("campaign_rates", cancellation)],
                cancellation
            )
        );
        while (rows.Read())
            all.Add(
                new CellRate(
                    rows.Text("pricing_model")!,
                    rows.Count("rate_micros"),
                    rows.Time("from_micros"),
                    rows.Time("to_micros")
                )
            );
        return (
            all.Count > 0,
            [.. all.Where(rate => (rate.From is null || rate.From < day.To) && (rate.To is null || rate.To > day.From))]
        );
    }

    /// <summary>The tables of models that the figure went through, each once.</summary>
    private static async Task<IReadOnlyList<MartState>> OriginsAsync(ModelTrial trial, CancellationToken cancellation)
    {
        var origins = new List<MartState>();
        var open = new Queue<string>([Performance]);
        while (open.TryDequeue(out var name))
        {
            if (origins.Any(origin => origin.Table == name))
                continue;
            if (await trial.OriginAsync(name, cancellation) is not { } origin)
                continue;
            origins.Add(origin);
            foreach (
                var (input, _, _) in origin.Inputs.Where(input =>
                    ModelCatalog.Shipped.Ordered.Any(other => other.Name == input.Table)
                )
            )
                open.Enqueue(input);
        }

        return origins;
    }

    private static async Task<CellCompleteness> CompletenessAsync(
        ModelTrial trial,
        DataLake lake,
        CellOptions cell,
        CellDay day,
        CellRows rows,
        IReadOnlyList<CellSums> sums,
        CancellationToken cancellation
    )
    {
        var mature = cell.ByInteraction ? day.To + day.LongestWindow : day.To;
        var asOf = await CellFeeds.AsOfAsync(trial, lake, cancellation);
        return new CellCompleteness
        {
            IsMature = asOf >= mature,
            MatureFrom = mature,
            LakeAsOf = asOf,
            UnmatchedClicks = rows.UnmatchedClicks,
            ConversionsWithoutTouches = rows.ConversionsWithoutTouches,
            UnattributedAdjustments = sums.Sum(row => row.Of("unattributed_adjustments") ?? 0),
            UnmatchedAdjustments = sums.Sum(row => row.Of("unmatched_adjustments") ?? 0),
            InvalidImpressions = sums.Sum(row => row.Of("invalid_impressions") ?? 0),
            InvalidClicks = sums.Sum(row => row.Of("invalid_clicks") ?? 0),
            InvalidConversions = sums.Sum(row => row.Of("invalid_conversions") ?? 0),
            UnpricedEvents = sums.Sum(row => row.Of("unpriced_events") ?? 0),
            Feeds = await CellFeeds.ReadAsync(trial, lake, day, cancellation),
        };
    }
}
