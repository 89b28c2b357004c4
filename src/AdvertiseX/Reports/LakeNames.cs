using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Reports;

/// <summary>The campaigns and advertisers of a lake, as they are described now.</summary>
internal static class LakeNames
{
    /// <summary>Campaigns that are described, have a creative, or stand in one of the tables, by id.</summary>
    /// <param name="engine">Reads them.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="tables">Tables with a campaign_id; those that the lake does not have are left out.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Task<IReadOnlyList<NamedId>> CampaignsAsync(
        IQueryEngine engine,
        DataLake lake,
        IEnumerable<string> tables,
        CancellationToken cancellation
    )
    {
        string[] found = [.. tables.Where(name => lake.Tables.Any(table => table.Name == name))];
        string[] read = ["campaigns", "creatives", .. found];
        var ids = read.Select(table => $"select campaign_id from {table}");
        return ReadAsync(
            engine,
            lake,
            $"""
            with {ReportClocks.Zones},
            ids as (
              {string.Join("\n  union ", ids)}
            )
            select i.campaign_id as id, max(g.campaign_name) as name, max(coalesce(z.time_zone, 'UTC')) as time_zone
            from ids i
            left join campaigns g on g.campaign_id = i.campaign_id
            left join campaign_zones z on z.campaign_id = i.campaign_id
            where i.campaign_id is not null
            group by i.campaign_id
            order by i.campaign_id
            """,
            read,
            cancellation
        );
    }

    /// <summary>Advertisers that are described, or that a campaign names, by id.</summary>
    public static Task<IReadOnlyList<NamedId>> AdvertisersAsync(
        IQueryEngine engine,
        DataLake lake,
        CancellationToken cancellation
    ) =>
        ReadAsync(
            engine,
            lake,
            """
            with ids as (
              select advertiser_id from advertisers
              union select advertiser_id from campaigns
            )
            select i.advertiser_id as id, max(a.advertiser_name) as name, coalesce(max(a.time_zone), 'UTC') as time_zone
            from ids i
            left join advertisers a on a.advertiser_id = i.advertiser_id
            where i.advertiser_id is not null
            group by i.advertiser_id
            order by i.advertiser_id
            """,
            [],
            cancellation
        );

    private static async Task<IReadOnlyList<NamedId>> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        string sql,
        IEnumerable<string> tables,
        CancellationToken cancellation
    )
    {
        var sets = await ReportTables.NewestSetsAsync(
            lake,
            tables.Union(ReportClocks.Tables, StringComparer.Ordinal),
            cancellation
        );
        var found = new List<NamedId>();
        using var rows = new NamedRows(await engine.ReadAsync(engine.Dialect.Translate(sql), sets, cancellation));
        while (rows.Read())
            found.Add(new NamedId(rows.Text("id")!, rows.Text("name"), rows.Text("time_zone")!));
        return found;
    }
}
