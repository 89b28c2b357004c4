using System.Globalization;
using AdvertiseX.Tests.Ingestion;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Cli;

/// <summary>Which campaigns and dates reports cover: by ids, names and ranges; and what is said of those that are not
/// there.</summary>
public sealed class ReportScopeTests(ReportScopeTests.FilledLake filled) : IClassFixture<ReportScopeTests.FilledLake>
{
    // 23:30 in UTC, half past midnight of the next day in Berlin.
    private static readonly DateTimeOffset Now = new(2024, 3, 10, 23, 30, 0, TimeSpan.Zero);

    private const string Facts = """
        impressions
        event_id | event_time          | user_id | campaign_id | creative_id
        i1       | 2024-03-01 10:00:00 | ann     | shoes       | cr1
        i2       | 2024-03-10 23:10:00 | ann     | shoes       | cr1
        i3       | 2024-02-29 10:00:00 | bob     | hats        | cr2
        i4       | 2024-03-05 10:00:00 | bob     | odd         | cr3

        clicks
        event_id | event_time          | user_id | campaign_id | creative_id
        c1       | 2024-03-01 10:01:00 | ann     | shoes       | cr1

        conversions
        event_id | event_time          | user_id | campaign_id | conversion_type | revenue_micros
        v1       | 2024-03-01 10:30:00 | ann     | shoes       | purchase        | 1000000
        """;

    [Theory]
    [InlineData("--from 2024-03-01", "i1 i2 i4")]
    [InlineData("--to 2024-02", "i3")]
    [InlineData("--from 2024-03 --to 2024-03", "i1 i2 i4")]
    [InlineData("--range 2024-02", "i3")]
    [InlineData("--range last-month", "i3")]
    [InlineData("--from today", "i2")]
    [InlineData("--range -9d", "i1 i4")]
    [InlineData("--to yesterday --from -5d", "i4")]
    [InlineData("--campaign shoes", "i1 i2")]
    [InlineData("--campaign Hats", "i3")]
    [InlineData("--campaign hats --campaign odd", "i3 i4")]
    [InlineData("--campaign hats --campaign Hats", "i3")]
    [InlineData("--campaign OUTLET --to 2024-03", "i1 i2")]
    [InlineData("--advertiser acme", "i1 i2")]
    [InlineData("--advertiser Acme --advertiser bonnets", "i1 i2 i3")]
    public async Task Dates_and_names_choose_the_rows_of_a_report(string options, string impressions)
    {
        var (code, output, error) = await RunAsync($"report campaigns --format csv {options}");

        Assert.True(code == 0, error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("campaign_id,", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            impressions.Split(' ').Length,
            lines.Skip(1).Sum(line => int.Parse(line.Split(',')[3], CultureInfo.InvariantCulture))
        );
    }

    [Theory]
    [InlineData("report campaigns --campaign hat", "there is no campaign 'hat'; did you mean hats (Hats)?")]
    [InlineData(
        "report sites --campaign zzzz",
        "there is no campaign 'zzzz'; there are hats (Hats), odd, shoes (Outlet), spare (Spring), spring (Spring)"
    )]
    [InlineData("report funnel --advertiser acmee", "there is no advertiser 'acmee'; did you mean acme (Acme)?")]
    [InlineData("report auctions --campaign Spring", "2 campaigns are named 'Spring'; give the id: spare, spring")]
    [InlineData("what-if --view-window 0 --campaign hatz", "there is no campaign 'hatz'; did you mean hats (Hats)?")]
    [InlineData(
        "explain cell campaigns --campaign hat --date 2024-03-01 --metric ctr",
        "there is no campaign 'hat'; did you mean hats (Hats)?"
    )]
    [InlineData("restatements --campaign hat", "there is no campaign 'hat'; did you mean hats (Hats)?")]
    [InlineData(
        "restatements --model campaign_performanc",
        "there is no published model 'campaign_performanc'; did you mean campaign_performance?"
    )]
    [InlineData(
        "restatements --model click_attribution",
        "there is no published model 'click_attribution'; there are campaign_performance, funnel, geo"
    )]
    [InlineData("restatements --measure spnd", "there is no measure 'spnd'; did you mean spend?")]
    [InlineData(
        "restatements --model funnel --measure gross_spend",
        "there is no measure 'gross_spend'; there are clicked_impressions, converted_impressions, impressions, view_converted_impressions"
    )]
    public async Task A_name_that_is_not_there_is_said_with_what_is_near(string line, string said)
    {
        var (code, output, error) = await RunAsync(line);

        Assert.Equal((1, "", $"adx: {said}\n"), (code, output, error));
    }

    [Theory]
    [InlineData(
        "report campaigns --from 2025-01 --to 2025-01",
        "there are no figures from 2025-01-01 to 2025-01-31; there are some from 2024-02-29 to 2024-03-11"
    )]
    [InlineData(
        "report campaigns --campaign Hats --from 2024-03",
        "there are no figures of campaign hats from 2024-03-01 on; there are some on 2024-02-29"
    )]
    [InlineData(
        "report devices --campaign shoes --from 2024-03-04 --to 2024-03-04",
        "there are no figures of campaign shoes on 2024-03-04; there are some from 2024-03-01 to 2024-03-11, "
            + "the nearest on 2024-03-01 and on 2024-03-11"
    )]
    [InlineData(
        "report funnel --to 2023-12",
        "there are no figures until 2023-12-31; there are some from 2024-02-29 to 2024-03-11"
    )]
    [InlineData("report campaigns --campaign spring", "there are no figures of campaign spring yet")]
    [InlineData("report auctions --range 2024-03", "there are no figures yet")]
    [InlineData(
        "explain cell campaigns --campaign Hats --date yesterday --metric ctr",
        "there are no figures of campaign hats on 2024-03-09; there are some on 2024-02-29"
    )]
    [InlineData(
        "what-if --view-window 0 --from 2024-03-02",
        "there are no conversions with credit from 2024-03-02 on; there are some on 2024-03-01"
    )]
    public async Task An_empty_range_is_said_with_the_dates_there_are(string line, string said)
    {
        var (code, output, error) = await RunAsync(line);

        Assert.Equal((1, "", $"adx: {said}\n"), (code, output, error));
    }

    [Theory]
    [InlineData(
        "report campaigns",
        "2024-02-29 to 2024-03-11 in each campaign's own zone, net, last touch by conversion date"
    )]
    [InlineData(
        "report campaigns --campaign shoes --gross --model linear --dates interaction --to 2024-03-31",
        "2024-03-01 to 2024-03-31 in Europe/Berlin, gross, linear by interaction date"
    )]
    [InlineData(
        "report devices --range 2024-02",
        "2024-02-01 to 2024-02-29 in UTC, net, last touch by conversion date"
    )]
    [InlineData("report funnel --campaign hats", "2024-02-29 in UTC, net, last touch by impression date")]
    [InlineData("report auctions", "no dates with figures yet, net")]
    public async Task A_line_above_a_table_says_what_it_covers(string line, string heading)
    {
        var (code, output, error) = await RunAsync(line);

        Assert.True(code == 0, error);
        Assert.StartsWith($"{heading}\n", output, StringComparison.Ordinal);
        var (_, json, _) = await RunAsync($"{line} --json");
        Assert.StartsWith("[", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Today_of_a_cell_is_by_its_campaigns_zone()
    {
        var (code, output, error) = await RunAsync(
            "explain cell campaigns --campaign Outlet --date today --metric impressions"
        );

        Assert.True(code == 0, error);
        Assert.StartsWith(
            "impressions of campaign shoes (Outlet) on 2024-03-11 in Europe/Berlin, net",
            output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("generate --help", "[default: 2024-03-01]")]
    [InlineData("generate --help", "[default: snappy]")]
    [InlineData("report campaigns --help", "[default: total]")]
    [InlineData("report campaigns --help", "today is by the clock in UTC")]
    [InlineData("explain cell campaigns --help", "today is by the clock in that zone")]
    [InlineData("what-if --help", "[default: campaign]")]
    public async Task Help_has_defaults_as_they_are_typed_and_says_what_today_is(string line, string text)
    {
        var (_, output, _) = await CliRun.RunAsync(line.Split(' '));

        Assert.Contains(text, output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        var lake = await filled.Lake;
        return await CliRun.RunAsync(
            [.. line.Split(' '), "--lake", Path.Combine(lake.Folder, "lake")],
            [],
            new FixedClock(Now)
        );
    }

    public sealed class FilledLake : SharedLake
    {
        private protected override async Task<FactLake> FillAsync()
        {
            var lake = await FactLake.CreateAsync();
            await lake.DescribeAsync(
                PipeTable.Parse(
                    """
                    campaigns
                    campaign_id | advertiser_id | campaign_name | time_zone     | currency
                    shoes       | acme          | Outlet        | Europe/Berlin | EUR
                    hats        | bonnets       | Hats          | UTC           | EUR
                    spring      |               | Spring        | UTC           | EUR
                    spare       |               | Spring        | UTC           | EUR

                    advertisers
                    advertiser_id | advertiser_name
                    acme          | Acme
                    """
                )
            );
            foreach (var table in PipeTable.Parse(Facts))
                await lake.AddAsync(table.Name, table.Records());
            await lake.RunAsync();
            return lake;
        }
    }
}
