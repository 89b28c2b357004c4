using System.Text.Json;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Cli.Explain;

/// <summary>An explanation as JSON: times in UTC, durations and money in micros, exact.</summary>
internal static class ConversionJson
{
    public static object Of(ConversionExplanation explanation) =>
        new
        {
            Conversion = ConversionOf(explanation.Conversion),
            Adjustment = explanation.Adjustment is { } adjustment ? AdjustmentOf(adjustment) : null,
            Adjustments = explanation.Adjustments.Select(BriefOf),
            explanation.Models,
            explanation.IsPublished,
            Candidates = explanation.Candidates.Select(CandidateOf),
            StaleInputs = explanation.Staleness.Inputs,
            StaleModels = explanation.Staleness.Models,
            explanation.Notes,
        };

    private static object ConversionOf(ExplainedConversion conversion) =>
        new
        {
            ConversionId = conversion.Id,
            Time = conversion.Time.UtcDateTime,
            conversion.LocalTime,
            conversion.TimeZone,
            ConversionType = conversion.Type,
            conversion.IsAdjustment,
            conversion.OrderId,
            conversion.RevenueMicros,
            conversion.Currency,
            conversion.CampaignId,
            conversion.CampaignName,
            conversion.AdvertiserId,
            conversion.UserId,
            conversion.ClickId,
            conversion.ImpressionId,
            conversion.IvtReason,
            DuplicateOrderOf = conversion.DuplicateOf,
        };

    private static object AdjustmentOf(ExplainedAdjustment adjustment) =>
        new
        {
            AdjustsConversionId = adjustment.Adjusts?.Id,
            ConversionId = adjustment.Row.Id,
            Time = adjustment.Row.Time.UtcDateTime,
            ConversionType = adjustment.Row.Type,
            Link = Word(adjustment.Link),
            adjustment.OrderOf,
            AmountMicros = adjustment.Row.Micros,
            adjustment.Currency,
            AmountFrom = Word(adjustment.Amount),
            adjustment.CountedUnder,
            Touches = adjustment.Touches.Select(touch => new
            {
                TouchKind = touch.Kind,
                TouchId = touch.Id,
                Time = touch.Credited.Time.UtcDateTime,
                MicrosBeforeConversion = touch.Age.Ticks / TimeSpan.TicksPerMicrosecond,
                touch.Credited.CampaignId,
                touch.Credited.CreativeId,
                touch.Credited.Position,
                touch.Credited.IvtReason,
                Credits = CreditsOf(touch.Credited.Credits),
            }),
        };

    private static object BriefOf(ExplainedAdjustment adjustment) =>
        new
        {
            ConversionId = adjustment.Row.Id,
            Time = adjustment.Row.Time.UtcDateTime,
            ConversionType = adjustment.Row.Type,
            Link = Word(adjustment.Link),
            AmountMicros = adjustment.Row.Micros,
            adjustment.Currency,
            AmountFrom = Word(adjustment.Amount),
        };

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static Dictionary<string, object> CreditsOf(IReadOnlyList<TouchCredit> credits) =>
        credits.ToDictionary(
            credit => credit.Model,
            object (credit) =>
                new
                {
                    credit.Millionths,
                    credit.RevenueMicros,
                    credit.NetMillionths,
                    credit.NetRevenueMicros,
                }
        );

    private static object CandidateOf(TouchCandidate touch) =>
        new
        {
            TouchKind = touch.Kind,
            TouchId = touch.Id,
            Time = touch.Time.UtcDateTime,
            MicrosBeforeConversion = touch.Age.Ticks / TimeSpan.TicksPerMicrosecond,
            WindowMicros = touch.Window.Ticks / TimeSpan.TicksPerMicrosecond,
            touch.CampaignId,
            touch.CreativeId,
            touch.AdvertiserId,
            touch.IsSameUser,
            touch.IsCarried,
            Lost = touch.Lost is { } loss ? Word(loss) : null,
            touch.IvtReason,
            touch.Position,
            Credits = CreditsOf(touch.Credits),
        };
}
