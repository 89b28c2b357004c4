using System.Globalization;
using System.Text;
using AdvertiseX.Lake;
using AdvertiseX.Reports;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reports;

public sealed class PerformanceReportTests(PerformanceReportTests.FilledLake filled)
    : IClassFixture<PerformanceReportTests.FilledLake>
{
    private const string Input = """
        campaigns
        campaign_id | advertiser_id | campaign_name | time_zone     | currency | budget | start_date | end_date
        shoes       | acme          | Shoes         | Europe/Berlin | EUR      | 0.02   | 2024-03-03 | 2024-03-12

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
        var lake = await filled.Lake;
        Assert.Equal(
            """
            campaign_id,campaign_name,currency,impressions,clicks,tagged_conversions,click_conversions,view_conversions,conversions,revenue,media_cost,spend,ctr,cvr,cpc,cpm,cpa,roas,viewable_rate,unpriced_events
            (unknown),,,0,1,0,0,0,0,0.000000,0.000000,,,0,,,,,,1
            free,,,1,0,0,0,0,0,0.000000,0.000000,,0,,,,,,,1
            shoes,Shoes,EUR,4,1,2,1,1,2,4.000000,0.000000,0.010000,0.25,1,0.01,2.5,0.005,400,,0
            wild,,,1,0,0,0,0,0,0.000000,0.000100,0.000100,0,,,0.1,,0,,0
            """,
            await CsvAsync(lake, new PerformanceReportOptions { Net = false })
        );
    }

    [Fact]
    public async Task Days_are_the_campaigns_own_and_both_ends_belong_to_the_report()
    {
        var lake = await filled.Lake;
        var options = new PerformanceReportOptions
        {
            Net = false,
            By = ReportPeriod.Day,
            Campaigns = ["shoes"],
        };
        Assert.Equal(
            ["2024-03-03 1 0 0", "2024-03-04 3 1 1", "2024-03-05 0 0 1"],
            await CellsAsync(lake, options, "day", "impressions", "clicks", "conversions")
        );
        Assert.Equal(
            ["2024-03-04 3 1 1"],
            await CellsAsync(
                lake,
                options with
                {
                    From = new(2024, 3, 4),
                    To = new(2024, 3, 4),
                },
                "day",
                "impressions",
                "clicks",
                "conversions"
            )
        );
        Assert.Equal(
            ["2024-03-04 2 1 2", "2024-03-05 0 0 0"],
            await CellsAsync(
                lake,
                options with
                {
                    From = new(2024, 3, 4),
                    ByInteraction = true,
                    Net = true,
                },
                "day",
                "impressions",
                "clicks",
                "conversions"
            )
        );
        Assert.Equal(
            ["2024-02-26 1", "2024-03-04 3"],
            await CellsAsync(lake, options with { By = ReportPeriod.Week }, "week", "impressions")
        );
        Assert.Equal(
            ["2024-03-01 4"],
            await CellsAsync(lake, options with { By = ReportPeriod.Month }, "month", "impressions")
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            CsvAsync(lake, options with { From = new(2024, 3, 5), To = new(2024, 3, 4) })
        );
    }

    [Fact]
    public async Task Notes_say_what_waits_for_a_description()
    {
        var lake = await filled.Lake;
        Assert.Equal(
            [
                "1 clicks await a description of their creatives: adx reference load creatives.csv",
                "2 campaigns have no description (UTC, spend from media cost): adx reference load campaigns.csv",
                "2 impressions and clicks have neither a rate nor a cost; spend is without them",
            ],
            await PerformanceReport.NotesAsync(
                lake.Engine,
                lake.Lake,
                new PerformanceReportOptions { Net = false },
                TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public async Task A_lake_without_marts_says_how_to_get_them()
    {
        await using var lake = await FactLake.CreateAsync();
        var error = await Assert.ThrowsAsync<LakeException>(() =>
            CsvAsync(lake, new PerformanceReportOptions { Net = false })
        );
        Assert.Equal("The lake has no campaign performance yet; adx run computes it.", error.Message);
    }

    [Fact]
    public async Task Reach_counts_a_user_once_whatever_the_days_and_frequency_divides_by_it()
    {
        var lake = await filled.Lake;
        var options = new PerformanceReportOptions
        {
            Net = false,
            Campaigns = ["shoes"],
            Reach = true,
        };
        // ann twice (and clicked), bob, the bot.
        Assert.Equal(["3 1.333333 0.333333"], await CellsAsync(lake, options, "reach", "frequency", "unique_ctr"));
        Assert.Equal(
            ["2 1.5 0.5"],
            await CellsAsync(lake, options with { Net = true }, "reach", "frequency", "unique_ctr")
        );
        // ann's click is of the second day, where she saw the ad as well; the third has a conversion only.
        Assert.Equal(
            ["2024-03-03 1 0", "2024-03-04 3 0.333333", "2024-03-05 0 "],
            await CellsAsync(lake, options with { By = ReportPeriod.Day }, "day", "reach", "unique_ctr")
        );
        Assert.Equal(
            ["2024-02-26 1", "2024-03-04 3"],
            await CellsAsync(lake, options with { By = ReportPeriod.Week }, "week", "reach")
        );
    }

    [Fact]
    public async Task Pacing_compares_the_budget_spent_with_the_days_gone()
    {
        var lake = await filled.Lake;
        var options = new PerformanceReportOptions
        {
            Net = false,
            Campaigns = ["shoes"],
            Pacing = true,
        };
        // 3 valid impressions at 2.50 a thousand are 0.0075 of 0.02, after 3 of the flight's 10 days.
        Assert.Equal(
            ["0.020000 0.007500 0.375 0.3 1.25"],
            await CellsAsync(lake, options, "budget", "spent", "budget_share", "time_share", "pacing")
        );
        // Up to the second day what came before the report's first day counts as spent, too.
        Assert.Equal(
            ["3 0.007500 0.2"],
            await CellsAsync(
                lake,
                options with
                {
                    From = new(2024, 3, 4),
                    To = new(2024, 3, 4),
                },
                "impressions",
                "spent",
                "time_share"
            )
        );
    }

    [Fact(Explicit = true)]
    public async Task A_cell_is_mature_when_the_lake_was_fed_after_its_largest_window()
    {
        await using var lake = await FilledAsync("campaign_performance", "attribution_credits");
        var options = new PerformanceReportOptions
        {
            Net = false,
            Campaigns = ["shoes"],
            Completeness = true,
            By = ReportPeriod.Day,
        };
        // Nothing was ever ingested into this lake: its rows were put there.
        Assert.Equal(
            ["2024-03-03 0 0 false", "2024-03-04 0 0 false", "2024-03-05 0 0 false"],
            await CellsAsync(lake, options, "day", "unmatched_clicks", "unattributed_conversions", "mature")
        );
        Assert.Equal("true", await MatureAsync(lake, options with { ByInteraction = true }, "2024-04-04 23:00:00"));
        Assert.Equal("false", await MatureAsync(lake, options with { ByInteraction = true }, "2024-04-04 22:59:59"));
        Assert.Equal("true", await MatureAsync(lake, options, "2024-03-05 23:00:00"));
        await lake.AddAsync(
            "clicks",
            [
                new()
                {
                    ["event_id"] = "late",
                    ["event_time"] = "2024-03-04 12:00:00",
                    ["campaign_id"] = "shoes",
                },
            ]
        );
        await lake.RunAsync("campaign_performance", "attribution_credits");
        Assert.Equal(
            ["2024-03-03 0 0", "2024-03-04 1 1", "2024-03-05 0 0"],
            await CellsAsync(lake, options, "day", "unmatched_clicks", "restatements")
        );
        Assert.Equal(["1"], await CellsAsync(lake, options with { By = ReportPeriod.Total }, "restatements"));
        Assert.Contains(
            "2024-03-04 13:00 1",
            await CellsAsync(lake, options with { By = ReportPeriod.Hour }, "hour", "restatements")
        );
        Assert.Equal("false", await MatureAsync(lake, options, "2024-03-05 22:59:59"));
    }

    [Fact]
    public async Task Every_subject_and_hour_adds_up_to_the_campaigns()
    {
        var lake = await filled.Lake;
        var expected = await SumsAsync(lake, new PerformanceReportOptions { Net = false });
        foreach (var subject in Enum.GetValues<ReportSubject>())
            Assert.Equal(
                expected,
                await SumsAsync(lake, new PerformanceReportOptions { Net = false, Subject = subject })
            );
        foreach (var period in Enum.GetValues<ReportPeriod>())
            Assert.Equal(expected, await SumsAsync(lake, new PerformanceReportOptions { Net = false, By = period }));
        foreach (var model in AttributionModels.Names)
            Assert.Equal(expected, await SumsAsync(lake, new PerformanceReportOptions { Net = false, Model = model }));
    }

    [Fact]
    public async Task An_advertiser_stands_for_its_campaigns()
    {
        var lake = await filled.Lake;
        Assert.Equal(
            ["shoes"],
            await CellsAsync(lake, new PerformanceReportOptions { Net = false, Advertisers = ["acme"] }, "campaign_id")
        );
        Assert.Empty(
            await CellsAsync(
                lake,
                new PerformanceReportOptions { Net = false, Advertisers = ["'); drop table x; --"] },
                "campaign_id"
            )
        );
    }

    [Theory]
    [InlineData("By hour is there for campaigns only", ReportSubject.Sites, ReportPeriod.Hour, false, false)]
    [InlineData(
        "Reach is there for campaigns, by day, week, month or in total",
        ReportSubject.Campaigns,
        ReportPeriod.Hour,
        true,
        false
    )]
    [InlineData("Pacing is there for campaigns in total only", ReportSubject.Campaigns, ReportPeriod.Day, false, true)]
    public void Options_that_cannot_be_met_are_named(
        string problem,
        ReportSubject subject,
        ReportPeriod by,
        bool reach,
        bool pacing
    ) =>
        Assert.Equal(
            problem,
            new PerformanceReportOptions
            {
                Net = false,
                Subject = subject,
                By = by,
                Reach = reach,
                Pacing = pacing,
            }.Problem
        );

    private static async Task<string> SumsAsync(FactLake lake, PerformanceReportOptions options)
    {
        string[] columns = ["impressions", "clicks", "conversions", "revenue", "spend", "media_cost"];
        var rows = (await CellsAsync(lake, options, columns)).Select(row => row.Split(' ')).ToList();
        return string.Join(
            ' ',
            columns.Select(
                (_, i) =>
                    rows.Sum(row => row[i].Length == 0 ? 0 : decimal.Parse(row[i], CultureInfo.InvariantCulture))
                        .ToString("0.######", CultureInfo.InvariantCulture)
            )
        );
    }

    private static async Task<string> MatureAsync(FactLake lake, PerformanceReportOptions options, string asOf)
    {
        var micros =
            (
                DateTimeOffset.Parse(asOf, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcTicks
                - DateTime.UnixEpoch.Ticks
            ) / TimeSpan.TicksPerMicrosecond;
        var select = new PerformanceSelect(
            options with
            {
                From = new(2024, 3, 5),
                To = new(2024, 3, 5),
                By = ReportPeriod.Day,
            },
            lake.Engine.Dialect
        );
        var sets = await ReportTables.SetsAsync(lake.Lake, select.Tables, CancellationToken.None);
        var clocks = await ReportClocks.ReadAsync(lake.Engine, sets, CancellationToken.None);
        using var result = await lake.Engine.ReadAsync(
            lake.Engine.Dialect.Translate($"select mature from ({select.Text(clocks, micros)}) as report"),
            sets,
            CancellationToken.None
        );
        return result.Read()
            ? result.GetBoolean(0)
                ? "true"
                : "false"
            : "no row";
    }

    private static async Task<FactLake> FilledAsync(params string[] models)
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(Input);
        await lake.DescribeAsync([.. tables.Take(2)]);
        foreach (var table in tables.Skip(2))
            await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync(models);
        return lake;
    }

    private static async Task<string> CsvAsync(FactLake lake, PerformanceReportOptions options)
    {
        using var result = await PerformanceReport.ReadAsync(lake.Engine, lake.Lake, options);
        using var text = new MemoryStream();
        CsvResultWriter.Write(result, text);
        return Encoding.UTF8.GetString(text.ToArray()).ReplaceLineEndings("\n").TrimEnd('\n');
    }

    private static async Task<List<string>> CellsAsync(
        FactLake lake,
        PerformanceReportOptions options,
        params string[] columns
    )
    {
        var lines = (await CsvAsync(lake, options)).Split('\n');
        var places = columns.Select(column => Array.IndexOf(lines[0].Split(','), column)).ToArray();
        return [.. lines.Skip(1).Select(line => string.Join(' ', places.Select(place => line.Split(',')[place])))];
    }

    public sealed class FilledLake : SharedLake
    {
        private protected override Task<FactLake> FillAsync() =>
            FilledAsync(
                "campaign_performance",
                "geo",
                "attribution_credits",
                "segment_performance",
                "campaign_user_daily"
            );
    }
}
