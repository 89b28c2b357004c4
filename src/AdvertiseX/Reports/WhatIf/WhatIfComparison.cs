using AdvertiseX.Engines;
using AdvertiseX.Models;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Reports.WhatIf;

/// <summary>Two answers of <c>conversion_attribution</c> side by side, by conversions' local dates.</summary>
internal sealed class WhatIfComparison
{
    private readonly ModelTrial _trial;
    private readonly WhatIfOptions _options;
    private readonly ParquetSet _credits;

    private WhatIfComparison(ModelTrial trial, WhatIfOptions options, ParquetSet credits) =>
        (_trial, _options, _credits) = (trial, options, credits);

    /// <summary>Places the credits of both answers, those of the campaigns and dates asked for.</summary>
    /// <param name="trial">Where reference data are read.</param>
    /// <param name="today">Rows of the table as it is, named today.</param>
    /// <param name="other">Rows under other rules, named other.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<WhatIfComparison> StartAsync(
        ModelTrial trial,
        ParquetSet today,
        ParquetSet other,
        WhatIfOptions options,
        CancellationToken cancellation
    )
    {
        var zones = await trial.ZoneOffsetsAsync(["conversions"], cancellation);
        ParquetSet[] sets =
        [
            today,
            other,
            zones,
            await trial.SetAsync("campaigns", cancellation),
            await trial.SetAsync("advertisers", cancellation),
            await trial.SetAsync("campaign_performance", cancellation),
        ];
        ParquetColumn[] columns =
        [
            new("is_other", SqlType.Boolean),
            new("conversion_id", SqlType.Text),
            new("campaign_id", SqlType.Text),
            new("campaign_name", SqlType.Text),
            new("local_date", SqlType.Date),
            new("time_zone", SqlType.Text),
            new("campaign_currency", SqlType.Text),
            new("money_currency", SqlType.Text),
            new("touch_kind", SqlType.Text),
            new("millionths", SqlType.Int64),
            new("revenue_micros", SqlType.Int64),
        ];
        return new WhatIfComparison(
            trial,
            options,
            await trial.ScratchAsync("credits", columns, Placed(trial, options), sets, cancellation)
        );
    }

    /// <summary>Rows of a grain in their order.</summary>
    public async Task<IReadOnlyList<WhatIfRow>> RowsAsync(WhatIfGrain grain, CancellationToken cancellation)
    {
        var rows = new List<WhatIfRow>();
        using var read = new NamedRows(await _trial.ReadAsync(Select(grain), [_credits], cancellation));
        while (read.Read())
        {
            rows.Add(
                new WhatIfRow
                {
                    CampaignId = grain == WhatIfGrain.Campaign ? read.Text("cell") : null,
                    CampaignName = grain == WhatIfGrain.Campaign ? read.Text("campaign_name") : null,
                    Day = grain == WhatIfGrain.Day ? DateOnly.ParseExact(read.Text("cell")!, "yyyy-MM-dd") : null,
                    Currency = read.Text("currency"),
                    Today = Figures(read, "today"),
                    Other = Figures(read, "other"),
                    Gained = read.Count("gained"),
                    Lost = read.Count("lost"),
                }
            );
        }

        return rows;
    }

    /// <summary>The local dates of the conversions that are compared, and their zone.</summary>
    public async Task<FigureDates> DatesAsync(CancellationToken cancellation)
    {
        using var row = new NamedRows(
            await _trial.ReadAsync(
                """
                select min(local_date) as first_date, max(local_date) as last_date,
                  min(time_zone) as first_zone, max(time_zone) as last_zone
                from credits
                """,
                [_credits],
                cancellation
            )
        );
        row.Read();
        var zone = row.Text("first_zone");
        return new FigureDates
        {
            First = row.Date("first_date"),
            Last = row.Date("last_date"),
            HasAny = zone is not null,
            TimeZone = zone == row.Text("last_zone") ? zone : null,
        };
    }

    private static WhatIfFigures Figures(NamedRows row, string side) =>
        new(
            row.Count($"{side}_click_millionths"),
            row.Count($"{side}_view_millionths"),
            row.Count($"{side}_click_revenue"),
            row.Count($"{side}_view_revenue")
        );

    private static string Placed(ModelTrial trial, WhatIfOptions options)
    {
        var columns =
            $"conversion_id, campaign_id, touch_kind, currency, unix_micros(conversion_time) as micros, "
            + $"{AttributionModels.Millionths(options.Model, options.Net)} as millionths, {AttributionModels.Revenue(options.Model, options.Net)} as revenue_micros";
        // An adjustment takes back revenue and has no credit.
        var conditions = new List<string> { "(c.millionths > 0 or c.revenue_micros <> 0)" };
        if (options.Campaigns.Count > 0)
            conditions.Add($"c.campaign_id in ({trial.Dialect.Texts(options.Campaigns)})");
        if (options.From is { } from)
            conditions.Add($"{LocalDate} >= date '{from:yyyy-MM-dd}'");
        if (options.To is { } to)
            conditions.Add($"{LocalDate} <= date '{to:yyyy-MM-dd}'");
        return $"""
            with campaign_zones as (
            {trial.StagingSql("campaign_zones")}
            ),
            campaign_terms as (
            {trial.StagingSql("campaign_terms")}
            ),
            campaign_currencies as (
            {trial.StagingSql("campaign_currencies")}
            ),
            both_answers as (
              select false as is_other, {columns} from today
              union all
              select true, {columns} from other
            ),
            -- A campaign that nobody described has the currency that it has in every report; before there is one, that which all its
            -- credits carry, if it is one.
            seen_currencies as (
              select campaign_id, case when min(currency) = max(currency) then min(currency) end as currency
              from both_answers
              group by campaign_id
            )
            select
              c.is_other, c.conversion_id, c.campaign_id, g.campaign_name, {LocalDate} as local_date, coalesce(z.time_zone, 'UTC') as time_zone,
              coalesce(t.currency, case when u.campaign_id is null then s.currency else u.currency end) as campaign_currency,
              coalesce(c.currency, t.currency, case when u.campaign_id is null then s.currency else u.currency end) as money_currency,
              c.touch_kind, c.millionths, c.revenue_micros
            from both_answers c
            left join campaigns g on g.campaign_id = c.campaign_id
            left join campaign_terms t on t.campaign_id = c.campaign_id
            left join campaign_currencies u on u.campaign_id = c.campaign_id
            left join seen_currencies s on s.campaign_id = c.campaign_id
            left join campaign_zones z on z.campaign_id = c.campaign_id
            join zone_offsets o
              on o.time_zone = coalesce(z.time_zone, 'UTC') and c.micros >= o.from_micros and c.micros < o.to_micros
            where {string.Join(" and ", conditions)}
            """;
    }

    private const string LocalDate = "cast(timestamp_micros(c.micros + o.offset_micros) as date)";

    // Counts stand in the row of the campaign's currency, money in the row of its own (docs/decisions/024). A
    // conversion counts once as gained or lost, in the row of the campaign's currency.
    private static string Select(WhatIfGrain grain)
    {
        var cell = grain switch
        {
            WhatIfGrain.Campaign => "campaign_id",
            WhatIfGrain.Day => "cast(local_date as string)",
            _ => "cast(null as string)",
        };
        return $"""
            with measures as (
              select
                {cell} as cell, campaign_name, campaign_currency as currency,
                case when millionths > 0 then conversion_id end as conversion_id, is_other, touch_kind, millionths,
                cast(0 as bigint) as revenue_micros
              from credits
              union all
              select {cell}, campaign_name, money_currency, null, is_other, touch_kind, 0, revenue_micros
              from credits
              where revenue_micros is not null
            ),
            sums as (
              select
                cell,
                currency,
                max(campaign_name) as campaign_name,
                {Sums("today", "not is_other")},
                {Sums("other", "is_other")}
              from measures
              group by cell, currency
            ),
            sides as (
              select cell, currency, conversion_id, max(case when is_other then 1 else 0 end) as in_other, max(case when is_other then 0 else 1 end) as in_today
              from measures
              where conversion_id is not null
              group by cell, currency, conversion_id
            ),
            moved as (
              select
                cell,
                currency,
                cast(sum(in_other * (1 - in_today)) as bigint) as gained,
                cast(sum(in_today * (1 - in_other)) as bigint) as lost
              from sides
              group by cell, currency
            )
            select s.*, coalesce(m.gained, 0) as gained, coalesce(m.lost, 0) as lost
            from sums s
            left join moved m on m.cell is not distinct from s.cell and m.currency is not distinct from s.currency
            order by s.cell nulls last, s.currency nulls last
            """;
    }

    private static string Sums(string side, string condition)
    {
        var parts =
            from kind in (string[])["click", "view"]
            from measure in ((string Column, string Name)[])
                [("millionths", "millionths"), ("revenue_micros", "revenue")]
            let sum = $"sum(case when {condition} and touch_kind = '{kind}' then {measure.Column} else 0 end)"
            select $"{MoneySums.Nearest(sum)} as {side}_{kind}_{measure.Name}";
        return string.Join(",\n    ", parts);
    }
}
