using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Cli.Explain;

/// <summary>An explanation for people.</summary>
internal static class ConversionText
{
    private const int LosersShown = 12;
    public const int IdLength = 36;

    public static void Print(ConversionExplanation explanation, TextWriter output)
    {
        var conversion = explanation.Conversion;
        output.WriteLine(
            $"{(conversion.IsAdjustment ? "adjustment" : "conversion")} {ShownText.Of(conversion.Id)}: {string.Join(", ", Parts(conversion))}"
        );
        (string, string)[] facts =
        [
            .. Facts(conversion),
            .. explanation.Adjustments.Select(adjustment => ("adjusted", AdjustmentText.Line(adjustment))),
            .. explanation.Adjustment is { } explained ? AdjustmentText.Facts(explained) : [],
        ];
        foreach (var (name, value) in facts)
            output.WriteLine($"  {name, -12}{ShownText.Of(value)}");
        output.WriteLine();
        if (explanation.Adjustment is { } adjustment)
        {
            AdjustmentText.PrintTouches(adjustment, explanation.Models, output);
            return;
        }

        var eligible = explanation.Candidates.Where(touch => touch.Lost is null).ToList();
        var losers = explanation.Candidates.Where(touch => touch.Lost is not null).ToList();
        output.WriteLine(Verdict(eligible, losers));
        if (explanation.Candidates.Count == 0)
            return;
        var near = losers
            .GroupBy(touch => touch.Kind)
            .SelectMany(kind => kind.OrderBy(touch => touch.Age.Duration()).Take(LosersShown))
            .ToHashSet();
        output.WriteLine();
        Table(explanation, explanation.Candidates.Where(touch => touch.Lost is null || near.Contains(touch)))
            .Write(output);
        if (losers.Count > near.Count)
            output.WriteLine(
                $"and {Amounts.Count(losers.Count - near.Count)} more that lost, further away; --json lists all"
            );
    }

    private static IEnumerable<string> Parts(ExplainedConversion conversion)
    {
        yield return ShownText.Of(conversion.Type ?? "no type");
        if (conversion.OrderId is { } order)
            yield return $"order {ShownText.Of(order)}";
        yield return conversion.RevenueMicros is { } revenue
            ? $"{(conversion.IsAdjustment ? "amount" : "revenue")} {Money(revenue)} {ShownText.Of(conversion.Currency)}".TrimEnd()
            : $"no {(conversion.IsAdjustment ? "amount" : "revenue")}";
    }

    private static IEnumerable<(string Name, string Value)> Facts(ExplainedConversion conversion)
    {
        var local =
            conversion.TimeZone == "UTC"
                ? ""
                : $", {conversion.LocalTime.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)} in {conversion.TimeZone}";
        yield return ("time", $"{Moment(conversion.Time)} UTC{local}");
        yield return (
            "campaign",
            conversion.CampaignId is { } campaign
                ? conversion.CampaignName is { } name
                    ? $"{campaign} ({name})"
                    : campaign
                : "not known"
        );
        yield return ("advertiser", conversion.AdvertiserId ?? "not known");
        yield return (
            "user",
            conversion.UserId
                ?? (conversion.IsAdjustment ? "none" : "none: only ids that the conversion carries lead to touches")
        );
        if (conversion.ClickId is { } click)
            yield return ("carries", $"click {click}");
        if (conversion.ImpressionId is { } impression)
            yield return ("carries", $"impression {impression}");
        if (conversion.DuplicateOf is { } first)
            yield return ("verdict", $"duplicate order: repeats that of {first}, counts in gross only");
        if (conversion.IvtReason is { } reason)
            yield return ("verdict", $"invalid traffic ({reason}): counts in gross only");
    }

    private static string Verdict(List<TouchCandidate> eligible, List<TouchCandidate> losers)
    {
        if (eligible.Count == 0 && losers.Count == 0)
            return "no candidate touches: the conversion stays without credit";
        var lost = losers.Count == 0 ? "" : $", {Amounts.Count(losers.Count)} lost";
        var earned =
            eligible.Count == 0
                ? "no eligible touch: the conversion stays without credit"
                : $"{Amounts.Count(eligible.Count)} eligible {eligible[0].Kind}{(eligible.Count == 1 ? "" : "s")}";
        return earned + lost;
    }

    private static TextTable Table(ConversionExplanation explanation, IEnumerable<TouchCandidate> candidates)
    {
        string[] titles =
        [
            "time (UTC)",
            "kind",
            "id",
            "before",
            "campaign",
            "creative",
            "tied by",
            "position",
            .. explanation.Models.Select(model => model.Replace('_', ' ')),
            "why",
        ];
        var table = new TextTable(titles) { LeftColumns = [1, 2, 4, 5, 6, titles.Length - 1] };
        foreach (var touch in candidates)
        {
            table.Add([
                Moment(touch.Time),
                touch.Kind,
                ShownText.Of(touch.Id, IdLength),
                Span(touch.Age),
                ShownText.Of(touch.CampaignId, IdLength),
                ShownText.Of(touch.CreativeId, IdLength),
                Ties(touch),
                touch.Position?.ToString(CultureInfo.InvariantCulture) ?? "",
                .. explanation.Models.Select(
                    (_, model) => touch.Credits.Count == 0 ? "" : Credit(touch.Credits[model])
                ),
                Why(touch, explanation.Conversion),
            ]);
        }

        return table;
    }

    private static string Ties(TouchCandidate touch)
    {
        var id = touch.Kind == "click" ? "click id" : "impression id";
        return (touch.IsSameUser, touch.IsCarried) switch
        {
            (true, true) => $"user, {id}",
            (true, false) => "user",
            (false, true) => id,
            _ => "user key",
        };
    }

    private static string Why(TouchCandidate touch, ExplainedConversion conversion)
    {
        var why = touch.Lost switch
        {
            null => "eligible",
            TouchLoss.OtherUser => "another user with the same key",
            TouchLoss.AfterConversion => "after the conversion",
            TouchLoss.OutsideWindow =>
                $"outside the window of {Span(touch.Window)} of campaign {ShownText.Of(touch.CampaignId, IdLength)}",
            TouchLoss.OtherAdvertiser => $"another advertiser: {ShownText.Of(touch.AdvertiserId, IdLength)}",
            TouchLoss.OtherCampaign =>
                $"another campaign, and the advertiser {(conversion.AdvertiserId is null ? "of the conversion " : "")}is not known",
            TouchLoss.ClicksBeatViews => "a click is eligible, so views do not count",
            _ => "left out by the models",
        };
        return touch.IvtReason is { } reason ? $"{why}; invalid ({ShownText.Of(reason)}): earns nothing in net" : why;
    }

    public static string Credit(TouchCredit credit)
    {
        var part = (credit.Millionths / 10_000m).ToString("0.####", CultureInfo.InvariantCulture) + " %";
        return credit.RevenueMicros is { } revenue ? $"{part}  {Money(revenue)}" : part;
    }

    public static string Money(long micros) =>
        (micros / 1_000_000m).ToString("#,0.00####", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);

    // "1 d", "24:00:00" and "0:00:00.000001" are different things at the edge of a window; nothing is rounded.
    public static string Span(TimeSpan span)
    {
        var time = span.Duration();
        var days = time.Days > 0 ? $"{time.Days} d" : "";
        var rest = time - TimeSpan.FromDays(time.Days);
        var clock =
            rest == TimeSpan.Zero && days.Length > 0
                ? ""
                : rest.ToString(
                    rest.Ticks % TimeSpan.TicksPerSecond == 0 ? @"hh\:mm\:ss" : @"hh\:mm\:ss\.ffffff",
                    CultureInfo.InvariantCulture
                );
        return $"{(span < TimeSpan.Zero ? "−" : "")}{days}{(days.Length > 0 && clock.Length > 0 ? " " : "")}{clock}";
    }
}
