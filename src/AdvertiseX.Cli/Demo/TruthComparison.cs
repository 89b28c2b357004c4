using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Demo;

/// <summary>Holds a lake against the truth that the generator wrote beside its feeds, thing by thing.</summary>
internal sealed class TruthComparison(DuckDbEngine engine, DataLake lake, string feeds, string truth)
{
    private static readonly string[] CampaignFigures =
    [
        "impressions",
        "clicks",
        "tagged_conversions",
        "click_conversions_by_interaction",
        "view_conversions_by_interaction",
        "click_conversions_by_conversion",
        "view_conversions_by_conversion",
        "revenue_by_interaction_micros",
        "revenue_by_conversion_micros",
        "media_cost_micros",
        "gross_spend_micros",
        "spend_micros",
        "net_impressions",
        "net_clicks",
    ];

    private static readonly string[] CreditModels = ["last_touch", "first_touch", "linear", "time_decay", "position"];

    /// <summary>All comparisons.</summary>
    public async Task<IReadOnlyList<TruthFinding>> RunAsync(CancellationToken cancellation) =>
        [
            await CompareAsync("rejected lines, by position and reason", Rejected(), cancellation),
            await CompareAsync("clicks, by the impression each came from and their validity", Clicks(), cancellation),
            await CompareAsync("conversions, by their last touch and their validity", Conversions(), cancellation),
            await CompareAsync(
                $"touches, by their credit and revenue in {CreditModels.Length} models",
                Credits(),
                cancellation
            ),
            await CompareAsync($"campaign days, by {CampaignFigures.Length} figures each", Campaigns(), cancellation),
        ];

    // Each text gives rows (truth, lake) where either side is null when it lacks the thing.
    private async Task<TruthFinding> CompareAsync(
        string what,
        (string Truth, string Lake) sides,
        CancellationToken cancellation
    )
    {
        var select = $"""
            WITH truth AS ({sides.Truth}), found AS ({sides.Lake}),
            truth_counts AS (SELECT t AS thing, count(*) AS n FROM (SELECT struct_pack(*COLUMNS(*))::VARCHAR AS t FROM truth) GROUP BY ALL),
            found_counts AS (SELECT t AS thing, count(*) AS n FROM (SELECT struct_pack(*COLUMNS(*))::VARCHAR AS t FROM found) GROUP BY ALL)
            SELECT
              coalesce(sum(a.n), 0)::BIGINT AS expected,
              coalesce(sum(least(coalesce(a.n, 0), coalesce(b.n, 0))), 0)::BIGINT AS equal,
              coalesce(sum(greatest(coalesce(b.n, 0) - coalesce(a.n, 0), 0)), 0)::BIGINT AS unexpected
            FROM truth_counts a FULL JOIN found_counts b ON a.thing = b.thing
            """;
        using var result = await engine.ReadAsync(select, LakeSets.Of(lake), cancellation);
        result.Read();
        return new TruthFinding(what, result.GetInt64(0), result.GetInt64(1), result.GetInt64(2));
    }

    private (string Truth, string Lake) Rejected() =>
        (
            $"SELECT file, \"offset\"::BIGINT AS at, ordinal::BIGINT AS ordinal, reason FROM {Csv("lines.csv")} WHERE verdict = 'rejected'",
            $"""
            SELECT substr(stream, {feeds.Length
                + 2}) AS file, stream_offset::BIGINT AS at, coalesce(stream_ordinal, 0)::BIGINT AS ordinal, reason
            FROM rejects
            """
        );

    private (string Truth, string Lake) Clicks() =>
        (
            $"SELECT click_id, impression_id, match_basis, invalid AS ivt_reason FROM {Csv("clicks.csv")}",
            "SELECT click_id, CASE WHEN match_basis = 'unmatched' THEN NULL ELSE impression_id END AS impression_id, match_basis, ivt_reason FROM click_attribution"
        );

    private (string Truth, string Lake) Conversions() =>
        (
            $"SELECT conversion_id, last_touch AS touch, invalid AS ivt_reason FROM {Csv("conversions.csv")} WHERE last_touch IS NOT NULL",
            "SELECT conversion_id, touch_id AS touch, ivt_reason FROM conversion_attribution WHERE position = touches AND adjusts_conversion_id IS NULL"
        );

    private (string Truth, string Lake) Credits()
    {
        var shares = string.Join(
            ", ",
            CreditModels
                .SelectMany(model => new[] { $"{model}_millionths", $"{model}_revenue_micros" })
                .Select(name => $"{name}::BIGINT AS {name}")
        );
        return (
            $"SELECT conversion_id, position::BIGINT AS place, touch_kind, touch_id, {shares} FROM {Csv("credits.csv")}",
            $"SELECT conversion_id, position AS place, touch_kind, touch_id, {shares} FROM conversion_attribution"
        );
    }

    private (string Truth, string Lake) Campaigns()
    {
        var figures = string.Join(", ", CampaignFigures.Select(name => $"coalesce({name}::BIGINT, 0) AS {name}"));
        return (
            $"SELECT campaign_id, local_date::DATE AS day, currency, {figures} FROM ({NetCampaigns})",
            $"SELECT campaign_id, local_date AS day, currency, {figures} FROM campaign_performance"
        );
    }

    private string NetCampaigns =>
        $"""
            SELECT *, impressions::BIGINT - invalid_impressions::BIGINT AS net_impressions, clicks::BIGINT - invalid_clicks::BIGINT AS net_clicks
            FROM {Csv("campaigns.csv")}
            """;

    private string Csv(string name) =>
        $"read_csv({SqlDialect.DuckDb.Text(Path.Combine(truth, name))}, header = true, all_varchar = true, nullstr = '')";
}
