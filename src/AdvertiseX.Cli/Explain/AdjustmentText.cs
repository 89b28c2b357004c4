using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Cli.Explain;

/// <summary>What an adjustment takes back, for people.</summary>
internal static class AdjustmentText
{
    /// <summary>An adjustment in one line, beside its conversion.</summary>
    public static string Line(ExplainedAdjustment adjustment) =>
        $"by {adjustment.Row.Id} ({adjustment.Row.Type ?? "no type"}) at {ConversionText.Moment(adjustment.Row.Time)} UTC: {Amount(adjustment)}";

    /// <summary>Which conversion it adjusts, how that was found, and its amount; or why it adjusts none.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(ExplainedAdjustment adjustment)
    {
        if (adjustment.Adjusts is not { } conversion)
        {
            yield return (
                "unmatched",
                $"{Miss(adjustment)}; counted in unmatched_adjustments of campaign {adjustment.CountedUnder}"
            );
            yield return ("amount", $"{Amount(adjustment)}; taken from nobody's revenue");
            yield break;
        }

        var revenue = conversion.OwnMicros is { } micros
            ? $"revenue {ConversionText.Money(micros)} {conversion.Currency}".TrimEnd()
            : "no revenue";
        yield return (
            "adjusts",
            $"{conversion.Id} ({conversion.Type ?? "no type"}, {revenue}) of {ConversionText.Moment(conversion.Time)} UTC"
        );
        yield return ("found by", Found(adjustment));
        yield return ("takes back", Amount(adjustment));
        if (conversion.IvtReason is { } reason)
            yield return ("verdict", $"its conversion is invalid traffic ({reason}): in gross only");
        if (adjustment.CountedUnder is { } campaign)
            yield return (
                "unattributed",
                $"its conversion has no touches; counted in unattributed_adjustments of campaign {campaign}"
            );
    }

    /// <summary>The touches of its conversion, and what is taken back from each.</summary>
    public static void PrintTouches(ExplainedAdjustment adjustment, IReadOnlyList<string> models, TextWriter output)
    {
        if (adjustment.Touches.Count == 0)
        {
            output.WriteLine("no touches: nobody's revenue is taken back");
            return;
        }

        output.WriteLine("divided as its conversion is:");
        output.WriteLine();
        string[] titles =
        [
            "time (UTC)",
            "kind",
            "id",
            "before",
            "campaign",
            "creative",
            "position",
            .. models.Select(model => model.Replace('_', ' ')),
            "why",
        ];
        var table = new TextTable(titles) { LeftColumns = [1, 2, 4, 5, titles.Length - 1] };
        foreach (var touch in adjustment.Touches)
        {
            table.Add([
                ConversionText.Moment(touch.Credited.Time),
                touch.Kind,
                ShownText.Of(touch.Id, ConversionText.IdLength),
                ConversionText.Span(touch.Age),
                ShownText.Of(touch.Credited.CampaignId, ConversionText.IdLength),
                ShownText.Of(touch.Credited.CreativeId, ConversionText.IdLength),
                touch.Credited.Position.ToString(CultureInfo.InvariantCulture),
                .. touch.Credited.Credits.Select(credit =>
                    credit.RevenueMicros is { } micros ? ConversionText.Money(micros) : ""
                ),
                touch.Credited.IvtReason is { } reason ? $"invalid ({ShownText.Of(reason)}): in gross only" : "",
            ]);
        }

        table.Write(output);
    }

    private static string Found(ExplainedAdjustment adjustment)
    {
        var order = $"order {adjustment.Row.OrderId}";
        var whose = adjustment.OrderOf is { } holder ? $"{order} of {holder}" : $"{order}, which only one has";
        return adjustment.Link == AdjustmentLink.OwnType
            ? $"{whose}, of its own type"
            : $"{whose}; none is of its type, so the one with the greatest revenue";
    }

    private static string Miss(ExplainedAdjustment adjustment) =>
        adjustment.Link switch
        {
            AdjustmentLink.NoOrderId => "it has no order id",
            AdjustmentLink.NoSuchOrder => $"no conversion has the order id {adjustment.Row.OrderId}",
            AdjustmentLink.OtherHolder =>
                $"order id {adjustment.Row.OrderId} is of other advertisers or campaigns than its own",
            _ => $"several advertisers or campaigns have the order id {adjustment.Row.OrderId}",
        };

    private static string Amount(ExplainedAdjustment adjustment)
    {
        var amount = adjustment.Row.Micros is { } micros
            ? $"{ConversionText.Money(micros)} {adjustment.Currency}".TrimEnd()
            : "";
        return adjustment.Amount switch
        {
            AdjustmentAmount.Given => amount,
            AdjustmentAmount.Rest => $"{amount}, what was left of the revenue, as it gives no amount",
            AdjustmentAmount.NothingLeft => $"{amount}: it gives no amount, and nothing was left of the revenue",
            _ => adjustment.Adjusts is null
                ? "no amount"
                : "not known: it gives no amount, and its conversion has no revenue",
        };
    }
}
