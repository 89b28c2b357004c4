using AdvertiseX.Models;

namespace AdvertiseX.Reports.Explaining;

/// <summary>A conversion or adjustment with the models' verdict on it beside the others of its order
/// (<c>conversion_verdicts</c>). Immutable.</summary>
internal sealed record OrderRow
{
    public required string Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required bool IsAdjustment { get; init; }

    public string? Type { get; init; }

    /// <summary>The type as types are compared.</summary>
    public required string PlainType { get; init; }

    public string? OrderId { get; init; }

    public string? CampaignId { get; init; }

    /// <summary>The campaign's by the reference data, else the event's own.</summary>
    public string? AdvertiserId { get; init; }

    /// <summary>Revenue, or of an adjustment the amount, as the fact has it.</summary>
    public long? OwnMicros { get; init; }

    public string? OwnCurrency { get; init; }

    public string? IvtReason { get; init; }

    public bool IsDuplicate { get; init; }

    /// <summary>Of an adjustment, the conversion that it adjusts; null when there is none.</summary>
    public string? AdjustsId { get; init; }

    /// <summary>What it comes to.</summary>
    public long? Micros { get; init; }

    /// <summary>Of <see cref="Micros"/>, its campaign's where it says none; null where nothing says, and where it is
    /// that of the conversion that it adjusts.</summary>
    public string? Currency { get; init; }

    /// <summary>Whose order it is: the advertiser's, else the campaign's, else the conversion's alone.</summary>
    public string Holder =>
        AdvertiserId is { } advertiser ? $"a{advertiser}"
        : CampaignId is { } own ? $"c{own}"
        : $"e{Id}";

    /// <summary>The rows of <c>conversions</c> in the trial, by time, then id.</summary>
    public static async Task<IReadOnlyList<OrderRow>> ReadAsync(ModelTrial trial, CancellationToken cancellation)
    {
        var order = new List<OrderRow>();
        using var rows = new NamedRows(
            await trial.ReadAsync(
                Select(trial),
                [
                    await trial.SetAsync("conversions", cancellation),
                    await trial.SetAsync("conversion_touches", cancellation),
                    await trial.SetAsync("campaigns", cancellation),
                    await trial.SetAsync("advertisers", cancellation),
                ],
                cancellation
            )
        );
        while (rows.Read())
        {
            order.Add(
                new OrderRow
                {
                    Id = rows.Text("event_id")!,
                    Time = rows.Time("micros")!.Value,
                    IsAdjustment = rows.Flag("is_adjustment"),
                    Type = rows.Text("conversion_type"),
                    PlainType = rows.Text("plain_type")!,
                    OrderId = rows.Text("order_id"),
                    CampaignId = rows.Text("campaign_id"),
                    AdvertiserId = rows.Text("advertiser_id"),
                    OwnMicros = rows.Number("own_micros"),
                    OwnCurrency = rows.Text("own_currency"),
                    IvtReason = rows.Text("ivt_reason"),
                    IsDuplicate = rows.Flag("is_duplicate_order"),
                    AdjustsId = rows.Text("adjusts_id"),
                    Micros = rows.Number("amount_micros"),
                    Currency = rows.Text("currency"),
                }
            );
        }

        return order;
    }

    private static string Select(ModelTrial trial) =>
        $"""
            with campaign_terms as (
            {trial.StagingSql("campaign_terms")}
            ),
            conversion_types as (
            {trial.StagingSql("conversion_types")}
            ),
            due_conversions as (
              select * from conversions
            ),
            conversion_verdicts as (
            {trial.StagingSql("conversion_verdicts")}
            )
            select c.event_id, unix_micros(c.event_time) as micros, c.conversion_type, coalesce(y.plain_type, '') as plain_type, c.order_id,
              c.campaign_id, coalesce(g.advertiser_id, c.advertiser_id) as advertiser_id,
              c.revenue_micros as own_micros, c.currency as own_currency,
              v.is_adjustment, v.ivt_reason, v.is_duplicate_order, v.adjusts_id, v.amount_micros,
              case when v.adjusts_id is null then coalesce(v.currency, t.currency) else v.currency end as currency
            from due_conversions c
            join conversion_verdicts v on v.conversion_key = c.event_key and v.conversion_id = c.event_id
            left join campaigns g on g.campaign_id = c.campaign_id
            left join campaign_terms t on t.campaign_id = c.campaign_id
            left join conversion_types y on y.conversion_type = c.conversion_type
            order by c.event_time, c.event_id
            """;
}
