using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Cli.Explain;

/// <summary>A cell's explanation as JSON: times in UTC, money in micros.</summary>
internal static class CellExplanationJson
{
    public static object Of(CellExplanation explanation) =>
        new
        {
            Report = "campaigns",
            explanation.Cell.CampaignId,
            explanation.CampaignName,
            explanation.Cell.Date,
            explanation.TimeZone,
            From = explanation.From.UtcDateTime,
            To = explanation.To.UtcDateTime,
            Metric = explanation.Cell.Metric.Name,
            explanation.Cell.Metric.Formula,
            explanation.Cell.Net,
            explanation.Cell.ByInteraction,
            explanation.Figures,
            explanation.Sources,
            Pricing = new
            {
                explanation.IsPriced,
                Rates = explanation.Rates.Select(rate => new
                {
                    rate.PricingModel,
                    rate.RateMicros,
                    ValidFrom = rate.From?.UtcDateTime,
                    ValidTo = rate.To?.UtcDateTime,
                }),
            },
            Tables = explanation.Origins.Select(origin => new
            {
                origin.Table,
                origin.Version,
                MadeFrom = origin.Inputs.Select(input => new
                {
                    input.Table,
                    Version = input.Consumed,
                    NewestVersion = input.Newest,
                }),
                BehindBecause = origin.Reason,
            }),
            StaleInputs = explanation.Staleness.Inputs,
            StaleModels = explanation.Staleness.Models,
            Completeness = new
            {
                explanation.Completeness.IsMature,
                MatureFrom = explanation.Completeness.MatureFrom.UtcDateTime,
                LakeAsOf = explanation.Completeness.LakeAsOf?.UtcDateTime,
                explanation.Completeness.UnmatchedClicks,
                explanation.Completeness.ConversionsWithoutTouches,
                explanation.Completeness.UnattributedAdjustments,
                explanation.Completeness.UnmatchedAdjustments,
                explanation.Completeness.InvalidImpressions,
                explanation.Completeness.InvalidClicks,
                explanation.Completeness.InvalidConversions,
                explanation.Completeness.UnpricedEvents,
                explanation.Completeness.Feeds,
            },
        };
}
