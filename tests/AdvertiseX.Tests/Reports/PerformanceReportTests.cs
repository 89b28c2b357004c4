using System.Text;
using AdvertiseX.Lake;
using AdvertiseX.Reports;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reports;

public sealed class PerformanceReportTests
{
    private const string Input =
        """
        campaigns
        campaign_id | advertiser_id | campaign_name | time_zone     | currency
        shoes       | acme          | Shoes         | Europe/Berlin | EUR

        campaign_rates
        campaign_id | pricing_model | rate
        shoes       | cpm           | 2.5

        impressions
        event_id | event_time          | user_id | campaign_id | creative_id | cost_micros | ivt_reason
        i1       | 2024-03-03 22:59:59 | ann     | shoes       | cr1         |             |
        i2       | 2024-03-03 23:00:00 | ann     | shoes       | cr1         |             |
        i3       | 2024-03-04 10:00:00 | bob     | shoes       | cr1         |             |
        i4       | 2024-03-04 10:00:00 | bot     | shoes       | cr1         |             | declared_bot
        i5       | 2024-03-04 10:00:00 | ann     | wild        | cr2         | 100         |
        i6       | 2024-03-04 10:00:00 | ann     | free        | cr3         |             |

        clicks
        event_id | event_time          | user_id | campaign_id | creative_id
        c1       | 2024-03-03 23:30:00 | ann     | shoes       |
        c2       | 2024-03-04 10:30:00 | ann     |             | cr7

        conversions
        event_id | event_time          | user_id | campaign_id | conversion_type | revenue_micros
        v1       | 2024-03-04 23:30:00 | ann     | shoes       | purchase        | 3000000
        v2       | 2024-03-04 12:00:00 | bob     | shoes       | purchase        | 1000000
        """;

    [Fact]
    public async Task A_total_divides_sums_and_leaves_out_what_has_no_denominator()
    {
        await using var lake = await FilledAsync();
        Assert.Equal(
            """
            campaign_id,campaign_name,currency,impressions,clicks,tagged_conversions,click_conversions,view_conversions,conversions,revenue,media_cost,spend,ctr,cvr,cpc,cpm,cpa,roas,viewable_rate,unpriced_events
            (unknown),,,0,1,0,0,0,0,0.000000,0.000000,,,0,,,,,,1
            free,,,1,0,0,0,0,0,0.000000,0.000000,,0,,,,,,,1
            shoes,Shoes,EUR,4,1,2,1,1,2,4.000000,0.000000,0.010000,0.25,1,0.01,2.5,0.005,400,,0
            wild,,,1,0,0,0,0,0,0.000000,0.000100,0.000100,0,,,0.1,,0,,0
            """,
            await CsvAsync(lake, new PerformanceReportOptions()));
    }

    [Fact]
    public async Task Days_are_the_campaigns_own_and_both_ends_belong_to_the_report()
    {
        await using var lake = await FilledAsync();
        var options = new PerformanceReportOptions { By = ReportPeriod.Day, Campaigns = ["shoes"] };
        Assert.Equal(
            ["2024-03-03 1 0 0", "2024-03-04 3 1 1", "2024-03-05 0 0 1"],
            await CellsAsync(lake, options, "day", "impressions", "clicks", "conversions"));
        Assert.Equal(
            ["2024-03-04 3 1 1"],
            await CellsAsync(lake, options with { From = new(2024, 3, 4), To = new(2024, 3, 4) }, "day", "impressions", "clicks", "conversions"));
        Assert.Equal(
            ["2024-03-04 2 1 2", "2024-03-05 0 0 0"],
            await CellsAsync(lake, options with { From = new(2024, 3, 4), ByInteraction = true, Net = true }, "day", "impressions", "clicks", "conversions"));
        Assert.Equal(["2024-02-26 1", "2024-03-04 3"], await CellsAsync(lake, options with { By = ReportPeriod.Week }, "week", "impressions"));
        Assert.Equal(["2024-03-01 4"], await CellsAsync(lake, options with { By = ReportPeriod.Month }, "month", "impressions"));
        await Assert.ThrowsAsync<ArgumentException>(() => CsvAsync(lake, options with { From = new(2024, 3, 5), To = new(2024, 3, 4) }));
    }

    [Fact]
    public async Task Notes_say_what_waits_for_a_description()
    {
        await using var lake = await FilledAsync();
        Assert.Equal(
            [
                "1 clicks await a description of their creatives: adx reference load creatives.csv",
                "2 campaigns have no description (UTC, spend from media cost): adx reference load campaigns.csv",
                "2 impressions and clicks have neither a rate nor a cost; spend is without them",
            ],
            await PerformanceReport.NotesAsync(lake.Engine, lake.Lake, new PerformanceReportOptions(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_lake_without_marts_says_how_to_get_them()
    {
        await using var lake = await FactLake.CreateAsync();
        var error = await Assert.ThrowsAsync<LakeException>(() => CsvAsync(lake, new PerformanceReportOptions()));
        Assert.Equal("The lake has no campaign performance yet; adx run computes it.", error.Message);
    }

    private static async Task<FactLake> FilledAsync()
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(Input);
        await lake.DescribeAsync([.. tables.Take(2)]);
        foreach (var table in tables.Skip(2)) await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync();
        return lake;
    }

    private static async Task<string> CsvAsync(FactLake lake, PerformanceReportOptions options)
    {
        using var result = await PerformanceReport.ReadAsync(lake.Engine, lake.Lake, options);
        using var text = new MemoryStream();
        CsvResultWriter.Write(result, text);
        return Encoding.UTF8.GetString(text.ToArray()).ReplaceLineEndings("\n").TrimEnd('\n');
    }

    private static async Task<List<string>> CellsAsync(FactLake lake, PerformanceReportOptions options, params string[] columns)
    {
        var lines = (await CsvAsync(lake, options)).Split('\n');
        var places = columns.Select(column => Array.IndexOf(lines[0].Split(','), column)).ToArray();
        return [.. lines.Skip(1).Select(line => string.Join(' ', places.Select(place => line.Split(',')[place])))];
    }
}
