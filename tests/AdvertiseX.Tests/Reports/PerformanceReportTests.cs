using System.Globalization;
using System.Text;
using AdvertiseX.Lake;
using AdvertiseX.Reports;
using AdvertiseX.Reports.Explaining;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reports;

public sealed class PerformanceReportTests(PerformanceReportTests.FilledLake filled)
    : IClassFixture<PerformanceReportTests.FilledLake>
{
    private readonly List<string> _warnings = [];

    private const string Input = """
        campaigns
        campaign_id | advertiser_id | campaign_name | time_zone     | currency | budget | start_date | end_date
        shoes       | acme          | Shoes         | Europe/Berlin | EUR      | 0.02   | 2024-03-03 | 2024-03-12

        campaign_rates
        campaign_id | pricing_model | rate
        shoes       | cpm           | 2.5

        ad_groups
        ad_group_id | ad_group_name
        ag1         | Runners

        users
        user_id | age_band | gender
        ann     | 25-34    | f
        bob     |          |

        impressions
        event_id | event_time          | user_id | campaign_id | creative_id | ad_group_id | cost_micros | ivt_reason
        i1       | 2024-03-03 22:59:59 | ann     | shoes       | cr1         | ag1         |             |
        i2       | 2024-03-03 23:00:00 | ann     | shoes       | cr1         | ag1         |             |
        i3       | 2024-03-04 10:00:00 | bob     | shoes       | cr1         | ag1         |             |
        i4       | 2024-03-04 10:00:00 | bot     | shoes       | cr1         | ag1         |             | declared_bot
        i5       | 2024-03-04 10:00:00 | ann     | wild        | cr2         | ag2         | 100         |
        i6       | 2024-03-04 10:00:00 | ann     | free        | cr3         |             |             |

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

    [Fact(Explicit = true)]
    public async Task Notes_say_what_waits_for_a_description()
    {
        var lake = await filled.Lake;
        Assert.Equal(
            [
                "1 click waiting for a description of a creative: adx reference load creatives.csv",
                "2 campaigns without a description (UTC, spend from media cost): adx reference load campaigns.csv",
                "impressions and clicks without a rate and a cost: 2; spend is without them",
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
    public async Task Pacing_compares_the_budget_spent_with_the_time_gone()
    {
        var lake = await filled.Lake;
        var options = new PerformanceReportOptions
        {
            Net = false,
            Campaigns = ["shoes"],
            Pacing = true,
        };
        // 3 valid impressions at 2.50 a thousand are 0.0075 of 0.02, after 48.5 of the flight's 240 hours: the lake is
        // fed to half past midnight of its third day.
        Assert.Equal(
            ["0.020000 0.007500 0.375 0.202083 1.85567"],
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
    public async Task Creatives_have_the_names_of_their_ad_groups()
    {
        var lake = await filled.Lake;
        Assert.Equal(
            ["cr3 (unknown) ", "cr7 (unknown) ", "cr1 ag1 Runners", "cr2 ag2 "],
            await CellsAsync(
                lake,
                new PerformanceReportOptions { Net = false, Subject = ReportSubject.Creatives },
                "creative_id",
                "ad_group_id",
                "ad_group_name"
            )
        );
    }

    [Fact]
    public async Task Audiences_are_users_by_age_and_gender()
    {
        var lake = await filled.Lake;
        var options = new PerformanceReportOptions { Net = false, Subject = ReportSubject.Audiences };
        Assert.Equal(
            ["(unknown) (unknown) EUR 2 0 1", "25-34 f EUR 2 1 1", "25-34 f  2 1 0"],
            await CellsAsync(lake, options, "age_band", "gender", "currency", "impressions", "clicks", "conversions")
        );
        Assert.Equal("audiences have Model last_touch only", (options with { Model = "linear" }).Problem);
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
            lake.Engine.Dialect.Translate(
                $"select mature from ({select.Text(clocks, micros, fedMicros: null)}) as report"
            ),
            sets,
            CancellationToken.None
        );
        return result.Read()
            ? result.GetBoolean(0)
                ? "true"
                : "false"
            : "no row";
    }

    // Of shoes, spend is in one currency and revenue in two; of hats, spend is in two; of caps all is in one. Their one
    // site sums them, and its ratios leave out what is not to be compared.
    [Fact]
    public async Task A_ratio_of_money_in_several_currencies_is_no_figure()
    {
        await using var lake = await FilledAsync(
            """
            campaigns
            campaign_id | currency | budget
            shoes       | EUR      | 10
            hats        | EUR      | 10
            caps        | EUR      | 10

            campaign_rates
            campaign_id | pricing_model | rate
            shoes       | cpc           | 0.5

            impressions
            event_id | event_time          | user_id | campaign_id | site_id | cost_micros | currency
            i1       | 2024-03-01 10:00:00 | ann     | shoes       | s       | 9000        | USD
            i2       | 2024-03-01 10:00:00 | bob     | hats        | s       | 2000000     |
            i3       | 2024-03-02 10:00:00 | bob     | hats        | s       | 0           | USD
            i4       | 2024-03-01 10:00:00 | cid     | caps        | s       | 1000000     |

            clicks
            event_id | event_time          | user_id | campaign_id
            c1       | 2024-03-01 10:01:00 | ann     | shoes
            c2       | 2024-03-01 10:01:00 | bob     | hats
            c3       | 2024-03-01 10:01:00 | cid     | caps

            conversions
            event_id | event_time          | user_id | campaign_id | conversion_type | revenue_micros | currency | ivt_reason
            v1       | 2024-03-01 11:00:00 | ann     | shoes       | purchase        | 1000000        |          |
            v2       | 2024-03-01 11:00:00 | ann     | shoes       | purchase        | 5000000        | USD      | declared_bot
            v3       | 2024-03-01 11:00:00 | bob     | hats        | purchase        | 4000000        |          |
            v4       | 2024-03-01 11:00:00 | cid     | caps        | purchase        | 3000000        |          |
            """,
            ["campaign_performance", "attribution_credits", "user_performance"]
        );
        string[] columns = ["campaign_id", "currency", "spend", "revenue", "cpc", "cpm", "cpa", "roas"];
        // Net, the revenue of shoes is in one currency.
        Assert.Equal(
            [
                "caps EUR 1.000000 3.000000 1 1000 1 3",
                "hats EUR 2.000000 4.000000    ",
                "hats USD 0.000000 0.000000    ",
                "shoes EUR 0.500000 1.000000 0.5 500 0.5 2",
                "shoes USD  0.000000    ",
            ],
            await CellsAsync(lake, new PerformanceReportOptions(), columns)
        );
        var gross = new PerformanceReportOptions { Net = false };
        Assert.Equal(
            [
                "caps EUR 1.000000 3.000000 1 1000 1 3",
                "hats EUR 2.000000 4.000000    ",
                "hats USD 0.000000 0.000000    ",
                "shoes EUR 0.500000 1.000000 0.5 500 0.25 ",
                "shoes USD  5.000000    ",
            ],
            await CellsAsync(lake, gross, columns)
        );
        // A day is judged by itself.
        Assert.Contains(
            "hats 2024-03-01 EUR 2.000000 4.000000 2 2000 2 2",
            await CellsAsync(lake, gross with { By = ReportPeriod.Day }, ["campaign_id", "day", .. columns[1..]])
        );
        string[] summed = [.. columns[1..], "mixed_cells"];
        Assert.Equal(
            ["EUR 3.500000 8.000000 0.75 750 0.75 2.666667 1", "USD 0.000000 0.000000     1"],
            await CellsAsync(lake, new PerformanceReportOptions { Subject = ReportSubject.Sites }, summed)
        );
        Assert.Equal(
            ["EUR 3.500000 8.000000 0.75 750 0.5 3 2", "USD 0.000000 5.000000     2"],
            await CellsAsync(lake, gross with { Subject = ReportSubject.Sites }, summed)
        );
        // Hats paid in another currency on the second, when its user had become a converter.
        Assert.Equal(
            ["converter EUR    1", "converter USD    1", "new EUR 1.166667 1.166667 2.285714 0", "new USD    0"],
            await CellsAsync(
                lake,
                new PerformanceReportOptions { Subject = ReportSubject.Segments },
                ["segment", "currency", "cpc", "cpa", "roas", "mixed_cells"]
            )
        );

        // What is spent of a budget cannot be told where it is spent in several currencies.
        Assert.Equal(
            ["caps EUR 10.000000 0.1", "hats EUR 10.000000 ", "hats USD  ", "shoes EUR 10.000000 0.05", "shoes USD  "],
            await CellsAsync(
                lake,
                new PerformanceReportOptions { Pacing = true },
                "campaign_id",
                "currency",
                "budget",
                "budget_share"
            )
        );
        Assert.Contains(
            "1 campaign paid or earning in several currencies: ratios that would mix them are empty, and leave them out of sums",
            await PerformanceReport.NotesAsync(lake.Engine, lake.Lake, new PerformanceReportOptions())
        );
    }

    [Fact(Explicit = true)]
    public async Task A_sum_beyond_64_bits_fails_nothing_and_is_named()
    {
        const string Largest = "9223372036854775807";
        await using var lake = await FilledAsync(
            $"""
            impressions
            event_id | event_time          | user_id | campaign_id | site_id | cost_micros | currency
            i1       | 2024-03-01 10:00:00 | ann     | shoes       | s       | {Largest}   | EUR
            i2       | 2024-03-01 10:00:00 | ann     | shoes       | s       | {Largest}   | EUR
            i3       | 2024-03-02 10:00:00 | ann     | shoes       | s       | 1000000     | EUR

            clicks
            event_id | event_time          | user_id | campaign_id | cost_micros | currency
            c1       | 2024-03-01 10:01:00 | ann     | shoes       | {Largest}   | EUR

            conversions
            event_id | event_time          | user_id | campaign_id | conversion_type | order_id | revenue_micros | currency | is_adjustment
            v1       | 2024-03-01 11:00:00 | ann     | shoes       | purchase        | o1       | {Largest}      | EUR      |
            v2       | 2024-03-01 11:00:01 | ann     | shoes       | purchase        | o2       | {Largest}      | EUR      |
            x1       | 2024-03-01 11:00:02 | ann     | shoes       | refund          | o1       | -5000000       | EUR      | true
            """,
            []
        );
        Assert.Equal(
            [
                "campaign_performance: a sum is beyond 64 bits, the nearest number stands for it: revenue_by_interaction_micros revenue_by_conversion_micros net_revenue_by_interaction_micros net_revenue_by_conversion_micros media_cost_micros gross_spend_micros spend_micros of {\"campaign_id\":\"shoes\",\"local_date\":\"2024-03-01\",\"currency\":\"EUR\"}",
            ],
            _warnings.Where(line => line.StartsWith("campaign_performance:", StringComparison.Ordinal))
        );
        Assert.Equal(
            ["shoes 9223372036855.775807 9223372036854.775807"],
            await CellsAsync(lake, new PerformanceReportOptions(), "campaign_id", "spend", "revenue")
        );
        foreach (var subject in Enum.GetValues<ReportSubject>())
            Assert.NotEmpty(
                await CellsAsync(lake, new PerformanceReportOptions { Subject = subject }, "spend", "revenue")
            );
        var cell = await CellExplainer.ReadAsync(
            lake.Engine,
            lake.Lake,
            new CellOptions("shoes", new DateOnly(2024, 3, 1), CellMetric.Find("roas")!)
        );
        Assert.Equal(
            (9_223_372_036_854_775_807, 9_223_372_036_854_775_807, 1m),
            (cell.Figures[0].Numerator, cell.Figures[0].Denominator, cell.Figures[0].Value)
        );
    }

    private async Task<FactLake> FilledAsync(string input, string[] models)
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(input);
        await lake.DescribeAsync([
            .. tables.Where(table => table.Name.StartsWith("campaign", StringComparison.Ordinal)),
        ]);
        foreach (var table in tables.Where(table => !table.Name.StartsWith("campaign", StringComparison.Ordinal)))
            await lake.AddAsync(table.Name, table.Records());
        _warnings.AddRange((await lake.RunAsync(models)).SelectMany(result => result.Warnings));
        return lake;
    }

    private static async Task<FactLake> FilledAsync(params string[] models)
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(Input);
        await lake.DescribeAsync([.. tables.Take(4)]);
        foreach (var table in tables.Skip(4))
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

    /// <summary>Cells of some columns, a line for each row.</summary>
    internal static async Task<List<string>> CellsAsync(
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
                "user_performance",
                "campaign_user_daily"
            );
    }
}
