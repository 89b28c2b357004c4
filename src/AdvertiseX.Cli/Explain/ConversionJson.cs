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
            Lost = touch.Lost is { } loss ? JsonNamingPolicy.SnakeCaseLower.ConvertName(loss.ToString()) : null,
            touch.IvtReason,
            touch.Position,
            Credits = touch.Credits.ToDictionary(
                credit => credit.Model,
                credit => new
                {
                    credit.Millionths,
                    credit.RevenueMicros,
                    credit.NetMillionths,
                    credit.NetRevenueMicros,
                }
            ),
        };
}
