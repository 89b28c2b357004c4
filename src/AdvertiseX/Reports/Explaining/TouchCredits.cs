using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Reports.Explaining;

/// <summary>The touches of one conversion with their credits, from rows of <c>conversion_attribution</c>.</summary>
internal static class TouchCredits
{
    private const string Table = AttributionModels.Table;

    /// <summary>Reads the rows of a conversion from the one set given.</summary>
    public static async Task<IReadOnlyDictionary<(string Kind, string Id), CreditedTouch>> ReadAsync(
        ModelTrial trial,
        IReadOnlyList<ParquetSet> sets,
        string conversionId,
        CancellationToken cancellation
    )
    {
        var columns = AttributionModels.Names.SelectMany(model =>
            (string[])
                [
                    AttributionModels.Millionths(model, net: false),
                    AttributionModels.Revenue(model, net: false),
                    AttributionModels.Millionths(model, net: true),
                    AttributionModels.Revenue(model, net: true),
                ]
        );
        var select =
            $"select touch_kind, touch_id, unix_micros(touch_time) as touch_micros, campaign_id, creative_id, position, touch_ivt_reason, {string.Join(", ", columns)} "
            + $"from {sets[0].Name} where conversion_id = {trial.Dialect.Text(conversionId)}";
        var touches = new Dictionary<(string, string), CreditedTouch>();
        using var rows = new NamedRows(await trial.ReadAsync(select, sets, cancellation));
        while (rows.Read())
        {
            touches[(rows.Text("touch_kind")!, rows.Text("touch_id")!)] = new CreditedTouch
            {
                Time = rows.Time("touch_micros")!.Value,
                CampaignId = rows.Text("campaign_id")!,
                CreativeId = rows.Text("creative_id"),
                Position = rows.Count("position"),
                IvtReason = rows.Text("touch_ivt_reason"),
                Credits =
                [
                    .. AttributionModels.Names.Select(model => new TouchCredit(
                        model,
                        rows.Count(AttributionModels.Millionths(model, net: false)),
                        rows.Number(AttributionModels.Revenue(model, net: false)),
                        rows.Count(AttributionModels.Millionths(model, net: true)),
                        rows.Number(AttributionModels.Revenue(model, net: true))
                    )),
                ],
            };
        }

        return touches;
    }

    /// <summary>What the lake's own table holds for a conversion; null when the lake has no such table.</summary>
    public static async Task<IReadOnlyDictionary<(string Kind, string Id), CreditedTouch>?> PublishedAsync(
        ModelTrial trial,
        DataLake lake,
        ConversionFacts conversion,
        CancellationToken cancellation
    )
    {
        if (lake.Tables.FirstOrDefault(each => each.Name == Table) is not { } table)
            return null;
        var files = table.FilesOf(
            await table.Delta.RefreshAsync(cancellation),
            new HashSet<DateOnly> { conversion.Date }
        );
        return await ReadAsync(trial, [trial.SetOf(Table, files)], conversion.Id, cancellation);
    }

    /// <summary>Whether both are the same touches at the same places with the same credits.</summary>
    public static bool AreSame(
        IReadOnlyDictionary<(string Kind, string Id), CreditedTouch> one,
        IReadOnlyDictionary<(string Kind, string Id), CreditedTouch> other
    ) =>
        one.Count == other.Count
        && one.All(touch =>
            other.TryGetValue(touch.Key, out var twin)
            && twin.Position == touch.Value.Position
            && twin.Credits.SequenceEqual(touch.Value.Credits)
        );
}
