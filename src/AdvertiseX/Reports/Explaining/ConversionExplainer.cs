using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using NodaTime;

namespace AdvertiseX.Reports.Explaining;

/// <summary>
/// Explains one conversion or adjustment. Which touches are eligible, their positions and credits, and what adjusts
/// what, come from the models' own SELECTs, evaluated over this conversion, its order, its user's events and the ids
/// that it carries; why a candidate lost is told from the same columns. Thread-safe.
/// </summary>
internal static class ConversionExplainer
{
    private const string Clicks = "click_attribution";

    /// <summary>Reads the facts as they are now.</summary>
    /// <param name="engine">Evaluates; stays the caller's.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="conversionId">The conversion's <c>event_id</c>.</param>
    /// <param name="options">How models are run; null for the defaults.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="LakeException">There is no such conversion, or the models were never run.</exception>
    public static async Task<ConversionExplanation> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        string conversionId,
        ModelRunnerOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        using var trial = new ModelTrial(lake, engine, options: options);
        // Facts are read as they are: clicks that came since the table of their matches was made are matched here.
        if (lake.Tables.Any(table => table.Name == Clicks))
            await trial.BringUpToDateAsync(Clicks, cancellation);
        var found = await ConversionFacts.FindAsync(trial, lake, conversionId, cancellation);
        var notes = await found.NarrowAsync(cancellation);
        trial.Replace(AttributionModels.Table, await trial.EvaluateAsync(AttributionModels.Table, cancellation));
        var fresh = await TouchCredits.ReadAsync(
            trial,
            [await trial.SetAsync(AttributionModels.Table, cancellation)],
            found.Id,
            cancellation
        );
        var order = await OrderRow.ReadAsync(trial, cancellation);
        var own = order.First(row => row.Id == found.Id);
        var candidates = own.IsAdjustment ? [] : Judge(found, await found.CandidatesAsync(cancellation), fresh);
        var conversion = await DescribeAsync(found, own, order, cancellation);
        var published = await TouchCredits.PublishedAsync(trial, lake, found, cancellation);
        var staleness = await trial.StalenessAsync([AttributionModels.Table], cancellation);
        notes.AddRange(Notes(lake, staleness, published, fresh));
        return new ConversionExplanation
        {
            Conversion = conversion,
            Adjustment = own.IsAdjustment ? AdjustmentOf(own, order, fresh) : null,
            Adjustments = own.IsAdjustment
                ? []
                :
                [
                    .. order
                        .Where(row => row.IsAdjustment && row.AdjustsId == own.Id)
                        .Select(row => ExplainedAdjustment.Of(row, order)),
                ],
            Candidates = candidates,
            Models = AttributionModels.Names,
            IsPublished = published is not null && TouchCredits.AreSame(published, fresh),
            Staleness = staleness,
            Notes = notes,
        };
    }

    private static IReadOnlyList<TouchCandidate> Judge(
        ConversionFacts found,
        IReadOnlyList<TouchCandidate> candidates,
        IReadOnlyDictionary<(string Kind, string Id), CreditedTouch> fresh
    )
    {
        var clicked = fresh.Keys.Any(touch => touch.Kind == "click");
        return
        [
            .. candidates
                .OrderBy(touch => touch.Time)
                .ThenByDescending(touch => touch.Id, StringComparer.Ordinal)
                .Select(touch =>
                    fresh.TryGetValue((touch.Kind, touch.Id), out var credited)
                        ? touch with
                        {
                            Position = credited.Position,
                            Credits = credited.Credits,
                            IvtReason = credited.IvtReason,
                        }
                        : touch with
                        {
                            Lost = LossOf(touch, found, clicked),
                        }
                ),
        ];
    }

    /// <summary>The rules of eligible_touches.sql, in the order in which people ask.</summary>
    private static TouchLoss LossOf(TouchCandidate touch, ConversionFacts conversion, bool clicked)
    {
        if (!touch.IsCarried && !touch.IsSameUser)
            return TouchLoss.OtherUser;
        if (touch.Age < TimeSpan.Zero)
            return TouchLoss.AfterConversion;
        if (touch.Window == TimeSpan.Zero || touch.Age > touch.Window)
            return TouchLoss.OutsideWindow;
        if (!touch.IsCarried)
        {
            var known = touch.AdvertiserId is not null && conversion.AdvertiserId is not null;
            if (known && touch.AdvertiserId != conversion.AdvertiserId)
                return TouchLoss.OtherAdvertiser;
            if (!known && touch.CampaignId != conversion.CampaignId)
                return TouchLoss.OtherCampaign;
        }

        return touch.Kind == "view" && clicked ? TouchLoss.ClicksBeatViews : TouchLoss.OtherRule;
    }

    private static ExplainedAdjustment AdjustmentOf(
        OrderRow own,
        IReadOnlyList<OrderRow> order,
        IReadOnlyDictionary<(string Kind, string Id), CreditedTouch> fresh
    )
    {
        var explained = ExplainedAdjustment.Of(own, order);
        return explained with
        {
            CountedUnder = fresh.Count > 0 ? null : (explained.Adjusts ?? own).CampaignId ?? "(unknown)",
            Touches =
            [
                .. fresh
                    .OrderBy(touch => touch.Value.Position)
                    .Select(touch => new AdjustedTouch(
                        touch.Key.Kind,
                        touch.Key.Id,
                        explained.Adjusts!.Time - touch.Value.Time,
                        touch.Value
                    )),
            ],
        };
    }

    private static async Task<ExplainedConversion> DescribeAsync(
        ConversionFacts found,
        OrderRow own,
        IReadOnlyList<OrderRow> order,
        CancellationToken cancellation
    )
    {
        var described = await found.DescribeAsync(cancellation);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(described.TimeZone) ?? DateTimeZone.Utc;
        return described with
        {
            LocalTime = Instant.FromDateTimeOffset(described.Time).InZone(zone).ToDateTimeOffset(),
            IsAdjustment = own.IsAdjustment,
            IvtReason = own.IvtReason,
            DuplicateOf = own.IsDuplicate
                ? order
                    .FirstOrDefault(other =>
                        !other.IsAdjustment
                        && other.OrderId == own.OrderId
                        && other.Holder == own.Holder
                        && other.PlainType == own.PlainType
                        && other.IvtReason is null
                        && !other.IsDuplicate
                    )
                    ?.Id
                : null,
        };
    }

    private static List<string> Notes(
        DataLake lake,
        MartStaleness staleness,
        IReadOnlyDictionary<(string Kind, string Id), CreditedTouch>? published,
        IReadOnlyDictionary<(string Kind, string Id), CreditedTouch> fresh
    )
    {
        var notes = new List<string>();
        foreach (var model in (string[])[ConversionFacts.Clicks, ConversionFacts.Touches, AttributionModels.Table])
        {
            if (lake.Tables.All(table => table.Name != model))
                notes.Add($"{model} was never made: adx run makes it");
        }

        if (staleness.Note is { } behind)
            notes.Add(behind);
        if (published is not null && !TouchCredits.AreSame(published, fresh))
        {
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{AttributionModels.Table} holds another answer for this conversion, of {published.Count} touches; shown is what the facts say now"
                )
            );
        }

        return notes;
    }
}
