using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using NodaTime;

namespace AdvertiseX.Reports.Explaining;

/// <summary>
/// Explains one conversion. Which touches are eligible, their positions and credits come from the models' own SELECTs,
/// evaluated over this conversion, its user's events and the ids that it carries; why a candidate lost is told from the
/// same columns. Thread-safe.
/// </summary>
internal static class ConversionExplainer
{
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
        var found = await ConversionFacts.FindAsync(trial, lake, conversionId, cancellation);
        var notes = await found.NarrowAsync(cancellation);
        trial.Replace(AttributionModels.Table, await trial.EvaluateAsync(AttributionModels.Table, cancellation));
        var fresh = await TouchCredits.ReadAsync(
            trial,
            [await trial.SetAsync(AttributionModels.Table, cancellation)],
            found.Id,
            cancellation
        );
        var candidates = Judge(found, await found.CandidatesAsync(cancellation), fresh);
        var conversion = await DescribeAsync(found, fresh, cancellation);
        var published = await TouchCredits.PublishedAsync(trial, lake, found, cancellation);
        var staleness = await trial.StalenessAsync([AttributionModels.Table], cancellation);
        notes.AddRange(Notes(lake, staleness, published, fresh));
        return new ConversionExplanation
        {
            Conversion = conversion,
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

    private static async Task<ExplainedConversion> DescribeAsync(
        ConversionFacts found,
        IReadOnlyDictionary<(string Kind, string Id), CreditedTouch> fresh,
        CancellationToken cancellation
    )
    {
        var described = await found.DescribeAsync(cancellation);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(described.TimeZone) ?? DateTimeZone.Utc;
        return described with
        {
            LocalTime = Instant.FromDateTimeOffset(described.Time).InZone(zone).ToDateTimeOffset(),
            // The models' verdict of a conversion looks at its touches, too.
            IvtReason =
                fresh.Values.Select(touch => touch.ConversionIvtReason).FirstOrDefault(reason => reason is not null)
                ?? described.IvtReason,
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
