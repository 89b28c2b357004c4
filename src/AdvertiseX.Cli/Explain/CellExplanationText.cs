using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Cli.Explain;

/// <summary>A cell's explanation for people.</summary>
internal static class CellExplanationText
{
    public static void Print(CellExplanation explanation, TextWriter output)
    {
        var cell = explanation.Cell;
        var name = explanation.CampaignName is { } known ? $" ({ShownText.Of(known)})" : "";
        var day = string.Create(CultureInfo.InvariantCulture, $"{cell.Date:yyyy-MM-dd}");
        var hours = (explanation.To - explanation.From).TotalHours;
        output.WriteLine(
            $"{cell.Metric.Name} of campaign {ShownText.Of(cell.CampaignId)}{name} on {day} in {explanation.TimeZone}, "
                + $"{(cell.Net ? "net" : "gross")}, credits of last touch by {(cell.ByInteraction ? "interaction" : "conversion")} date"
        );
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Moment(explanation.From)} to {Moment(explanation.To)} UTC, {hours:0.##} hours"
            )
        );
        output.WriteLine();
        foreach (var figure in explanation.Figures)
            output.WriteLine($"  {Figure(cell.Metric, figure)}");
        output.WriteLine();
        Sources(explanation).Write(output);
        output.WriteLine();
        output.WriteLine($"spend: {Pricing(explanation)}");
        output.WriteLine();
        Origins(explanation, output);
        output.WriteLine();
        Completeness(explanation, output);
    }

    private static string Figure(CellMetric metric, CellFigure figure)
    {
        var currency = figure.Currency is { } code ? $" {ShownText.Of(code, 8)}" : "";
        var value = figure.Value is { } known
            ? known.ToString("#,0.######", CultureInfo.InvariantCulture)
            : $"not known, as {figure.NullBecause}";
        if (metric.Denominator is null)
            return $"{metric.Name} = {value}{(CellMetric.IsMoney(metric.Name) ? currency : "")}";
        return $"{metric.Formula} = {Amount(metric.Numerator, figure.Numerator)} / {Amount(metric.Denominator, figure.Denominator)}{currency} = {value}";
    }

    private static TextTable Sources(CellExplanation explanation)
    {
        var table = new TextTable("sum", "from table", "rows", "amount", "which") { LeftColumns = [1, 4] };
        foreach (var source in explanation.Sources)
            table.Add(
                source.Measure,
                source.Table,
                Amounts.Count(source.Rows),
                Amount(source.Measure, source.Amount),
                source.What
            );
        return table;
    }

    private static string Pricing(CellExplanation explanation)
    {
        if (!explanation.IsPriced)
            return "media cost, as the campaign has no rates";
        if (explanation.Rates.Count == 0)
            return "not known, as no rate is in force on that day";
        return string.Join(
            "; ",
            explanation.Rates.Select(rate =>
                $"{rate.PricingModel.ToUpperInvariant()} {Money(rate.RateMicros)}"
                + (rate.From is { } from ? $" from {Moment(from)}" : "")
                + (rate.To is { } to ? $" until {Moment(to)}" : "")
            )
        );
    }

    private static void Origins(CellExplanation explanation, TextWriter output)
    {
        var table = new TextTable("table", "version", "made from") { LeftColumns = [2] };
        foreach (var origin in explanation.Origins)
        {
            table.Add(
                origin.Table,
                Version(origin.Version),
                string.Join(
                    ", ",
                    origin
                        .Inputs.Where(input => input.Newest >= 0 || input.Consumed >= 0)
                        .Select(input => $"{input.Table} {Version(input.Consumed)}")
                )
            );
        }

        table.Write(output);
        foreach (var origin in explanation.Origins.Where(origin => origin.Reason is not null))
            output.WriteLine($"{origin.Table} is behind its inputs ({origin.Reason}): adx run refreshes it");
    }

    private static void Completeness(CellExplanation explanation, TextWriter output)
    {
        var beside = explanation.Completeness;
        var asOf = beside.LakeAsOf is { } newest
            ? $"the lake's newest commit is of {Moment(newest)}"
            : "the ledger has no commit";
        output.WriteLine(
            beside.IsMature
                ? $"mature since {Moment(beside.MatureFrom)}: only late data can change it ({asOf})"
                : $"not mature before {Moment(beside.MatureFrom)}: conversions may still come ({asOf})"
        );
        output.WriteLine(
            $"beside it: {Amounts.Count(beside.UnmatchedClicks)} clicks without an impression, {Amounts.Count(beside.ConversionsWithoutTouches)} conversions without touches, "
                + $"{Amounts.Count(beside.UnpricedEvents)} unpriced events"
        );
        if (beside.UnattributedAdjustments + beside.UnmatchedAdjustments > 0)
            output.WriteLine(
                $"taken from nobody's revenue: {Amounts.Count(beside.UnattributedAdjustments)} adjustments of conversions without touches, "
                    + $"{Amounts.Count(beside.UnmatchedAdjustments)} that fit no conversion"
            );
        output.WriteLine(
            $"left out in net: {Amounts.Count(beside.InvalidImpressions)} impressions, {Amounts.Count(beside.InvalidClicks)} clicks, "
                + $"{Amounts.Count(beside.InvalidConversions)} conversions of its own tag (invalid, or a repeated order)"
        );
        if (beside.Feeds.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine("streams that brought events of that day, whole:");
        var table = new TextTable("feed", "streams", "received", "accepted", "duplicate", "rejected", "filtered");
        foreach (var feed in beside.Feeds)
        {
            table.Add(
                feed.Kind,
                Amounts.Count(feed.Streams),
                Amounts.Count(feed.Received),
                Amounts.Count(feed.Accepted),
                Amounts.Count(feed.Duplicate),
                Amounts.Count(feed.Rejected),
                Amounts.Count(feed.Filtered)
            );
        }

        table.Write(output);
    }

    private static string Amount(string measure, long? amount) =>
        amount is not { } known ? ""
        : CellMetric.IsMoney(measure) ? Money(known)
        : Amounts.Count(known);

    private static string Money(long micros) =>
        (micros / 1_000_000m).ToString("#,0.00####", CultureInfo.InvariantCulture);

    private static string Moment(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);

    private static string Version(long version) => version < 0 ? "–" : version.ToString(CultureInfo.InvariantCulture);
}
