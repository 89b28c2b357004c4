using AdvertiseX.Models;
using NodaTime;

namespace AdvertiseX.Reports.Explaining;

/// <summary>A campaign's local day as instants, and how long after it credits can come. Immutable.</summary>
internal sealed record CellDay(
    string TimeZone,
    DateTimeOffset From,
    DateTimeOffset To,
    string? CampaignName,
    TimeSpan LongestWindow
)
{
    public long FromMicros => From.ToUnixTimeMilliseconds() * 1000;

    public long ToMicros => To.ToUnixTimeMilliseconds() * 1000;

    /// <summary>Whether a UTC date has instants of the day.</summary>
    public bool Touches(DateOnly? utc) =>
        utc >= DateOnly.FromDateTime(From.UtcDateTime) && utc <= DateOnly.FromDateTime(To.UtcDateTime.AddTicks(-1));

    public static async Task<CellDay> FindAsync(ModelTrial trial, CellOptions cell, CancellationToken cancellation)
    {
        using var rows = new NamedRows(
            await trial.ReadAsync(
                $"""
                with campaign_zones as (
                {trial.StagingSql("campaign_zones")}
                )
                select
                  g.campaign_name, z.time_zone,
                  greatest(coalesce(g.conversion_click_window_micros, 2592000000000), coalesce(g.view_window_micros, 86400000000)) as window_micros
                from campaigns g
                left join campaign_zones z on z.campaign_id = g.campaign_id
                where g.campaign_id = {trial.Dialect.Text(cell.CampaignId)}
                """,
                [await trial.SetAsync("campaigns", cancellation), await trial.SetAsync("advertisers", cancellation)],
                cancellation
            )
        );
        var described = rows.Read();
        var name = described ? rows.Text("time_zone") ?? "UTC" : "UTC";
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? DateTimeZone.Utc;
        var date = LocalDate.FromDateOnly(cell.Date);
        return new CellDay(
            name,
            zone.AtStartOfDay(date).ToInstant().ToDateTimeOffset(),
            zone.AtStartOfDay(date.PlusDays(1)).ToInstant().ToDateTimeOffset(),
            described ? rows.Text("campaign_name") : null,
            described ? TimeSpan.FromMicroseconds(rows.Count("window_micros")) : TimeSpan.FromDays(30)
        );
    }
}
