using System.Globalization;
using AdvertiseX.Lake;
using AdvertiseX.Reports.WhatIf;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reports.WhatIf;

public sealed class WhatIfEvaluationTests(WhatIfEvaluationTests.FilledLake filled)
    : IClassFixture<WhatIfEvaluationTests.FilledLake>
{
    private const string Campaigns = """
        campaigns
        campaign_id | advertiser_id | time_zone        | currency
        shoes       | acme          | America/New_York | USD
        hats        | rival         |                  | EUR

        """;

    private const string Facts = """
        impressions
        event_id | event_time          | user_id | campaign_id
        i1       | 2024-03-01 10:00:00 | ann     | shoes
        i2       | 2024-03-09 20:00:00 | bob     | shoes
        i3       | 2024-03-10 00:00:00 | cid     | wild
        i4       | 2024-03-10 12:00:00 | dan     | hats

        clicks
        event_id | event_time          | user_id | campaign_id
        c1       | 2024-03-01 11:00:00 | ann     | shoes
        c2       | 2024-02-01 11:00:00 | bob     | shoes

        conversions
        event_id | event_time          | user_id | campaign_id | conversion_type | revenue_micros | currency
        v1       | 2024-03-10 00:00:00 | ann     | shoes       | purchase        | 5000000        |
        v2       | 2024-03-10 02:00:00 | bob     | shoes       | purchase        | 3000000        | GBP
        v3       | 2024-03-10 00:00:00 | cid     | wild        | purchase        | 1000000        | INR
        v4       | 2024-03-10 12:00:00 | dan     | hats        | signup          |                |
        """;

    [Fact]
    public async Task Other_windows_stand_beside_todays()
    {
        // A window of zero switches off: hats' view is of the conversion's own instant.
        var lake = await filled.Lake;
        var report = await TryAsync(lake, new() { ClickWindow = TimeSpan.FromDays(7), ViewWindow = TimeSpan.Zero });
        Assert.Empty(report.Notes);
        Assert.Equal(
            """
            hats EUR: clicks 0 → 0, views 1 → 0, revenue 0 → 0, +0 −1
            shoes GBP: clicks 0 → 0, views 0 → 0, revenue 3 → 0, +0 −0
            shoes USD: clicks 1 → 0, views 1 → 0, revenue 5 → 0, +0 −2
            wild INR: clicks 0 → 0, views 1 → 0, revenue 1 → 0, +0 −1
            """.ReplaceLineEndings("\n"),
            Text(report.Rows)
        );
        Assert.Equal(4, report.Totals.Sum(total => total.Lost));
    }

    [Fact]
    public async Task A_longer_window_gains_and_a_click_then_beats_the_view()
    {
        var lake = await filled.Lake;
        var report = await TryAsync(
            lake,
            new()
            {
                ClickWindow = TimeSpan.FromDays(60),
                By = WhatIfGrain.Total,
                Campaigns = ["shoes"],
            }
        );
        Assert.Empty(report.Rows);
        Assert.Equal(
            """
             GBP: clicks 0 → 0, views 0 → 0, revenue 3 → 3, +0 −0
             USD: clicks 1 → 2, views 1 → 0, revenue 5 → 5, +0 −0
            """.ReplaceLineEndings("\n"),
            Text(report.Totals)
        );
    }

    [Fact(Explicit = true)]
    public async Task Days_are_those_of_the_campaigns_zone()
    {
        var lake = await filled.Lake;
        var options = new WhatIfOptions
        {
            ViewWindow = TimeSpan.Zero,
            By = WhatIfGrain.Day,
            Campaigns = ["shoes"],
        };
        Assert.Equal(
            ["2024-03-09 USD", "2024-03-09 GBP"],
            (await TryAsync(lake, options))
                .Rows.Select(row => $"{row.Day:yyyy-MM-dd} {row.Currency}")
                .OrderDescending(StringComparer.Ordinal)
        );
        var empty = await Assert.ThrowsAsync<LakeException>(() =>
            TryAsync(lake, options with { From = new(2024, 3, 10) })
        );
        Assert.Equal(
            "there are no conversions with credit from 2024-03-10 on; there are some on 2024-03-09",
            empty.Message
        );
        Assert.NotEmpty((await TryAsync(lake, options with { From = new(2024, 3, 9), To = new(2024, 3, 9) })).Rows);
    }

    [Fact]
    public async Task Nothing_is_stored()
    {
        var lake = await filled.Lake;
        var before = lake.Lake.Tables.ToDictionary(table => table.Name, table => table.Delta.Latest.Version);
        var files = Directory.EnumerateFiles(lake.Folder, "*", SearchOption.AllDirectories).Count();
        await TryAsync(lake, new() { ClickWindow = TimeSpan.Zero, MatchWindow = TimeSpan.FromHours(1) });
        Assert.Equal(before, lake.Lake.Tables.ToDictionary(table => table.Name, table => table.Delta.Latest.Version));
        Assert.Equal(files, Directory.EnumerateFiles(lake.Folder, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task Tables_behind_the_facts_are_made_good_for_the_comparison()
    {
        await using var lake = await FilledAsync();
        await lake.AddAsync(
            "clicks",
            [
                new()
                {
                    ["event_id"] = "c3",
                    ["event_time"] = "2024-03-10 01:00:00",
                    ["user_id"] = "bob",
                    ["campaign_id"] = "shoes",
                },
            ]
        );
        var report = await TryAsync(
            lake,
            new()
            {
                ClickWindow = TimeSpan.FromDays(7),
                Campaigns = ["shoes"],
                By = WhatIfGrain.Total,
            }
        );
        Assert.Contains("today's figures are those after adx run", report.Notes[0], StringComparison.Ordinal);
        Assert.Equal(
            """
             GBP: clicks 0 → 0, views 0 → 0, revenue 3 → 3, +0 −0
             USD: clicks 2 → 1, views 0 → 0, revenue 5 → 0, +0 −1
            """.ReplaceLineEndings("\n"),
            Text(report.Totals)
        );
    }

    // Trying windows comes to what loading them as the campaigns' own and running the models comes to.
    [Theory]
    [InlineData(41, "2h", "3d", "5h", Explicit = true)]
    [InlineData(42, "30m", "40d", "25h", Explicit = true)]
    public async Task Trying_is_what_describing_and_running_gives(int seed, string match, string click, string view)
    {
        var facts = RandomTraffic.Create(new Random(seed), 60);
        await using var tried = await FactLake.CreateAsync();
        await tried.DescribeAsync(RandomTraffic.Described);
        await using var described = await FactLake.CreateAsync();
        await described.DescribeAsync([
            .. RandomTraffic.Described.Select(table =>
                table.Name == "campaigns" ? WithWindows(table, match, click, view) : table
            ),
        ]);
        foreach (var table in facts.GroupBy(fact => fact.Table))
        {
            await tried.AddAsync(table.Key, table.Select(fact => fact.Record));
            await described.AddAsync(table.Key, table.Select(fact => fact.Record));
        }

        await tried.RunAsync("conversion_attribution");
        await described.RunAsync("conversion_attribution");
        var options = new WhatIfOptions
        {
            MatchWindow = WhatIfOptions.ParseWindow(match),
            ClickWindow = WhatIfOptions.ParseWindow(click),
            ViewWindow = WhatIfOptions.ParseWindow(view),
        };
        var others = await TryAsync(tried, options);
        var expected = (
            await described.RowsAsync("conversion_attribution", ["campaign_id", "last_touch_millionths", "touch_kind"])
        )
            .Select(line => line.Split(" | "))
            .GroupBy(cells => cells[0])
            .ToDictionary(
                rows => rows.Key,
                rows => rows.Sum(cells => long.Parse(cells[1], CultureInfo.InvariantCulture))
            );
        var actual = others
            .Rows.GroupBy(row => row.CampaignId!)
            .ToDictionary(rows => rows.Key, rows => rows.Sum(row => row.Other.Millionths));
        Assert.Equal(others.Totals.Sum(total => total.Other.Millionths), actual.Values.Sum());
        // Campaigns that nobody described cannot be given windows by loading.
        foreach (var campaign in (string[])["m0", "m1", "m2"])
            Assert.Equal(expected[campaign], actual[campaign]);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7d", 604_800)]
    [InlineData("12h", 43_200)]
    [InlineData("30m", 1_800)]
    public void Windows_are_written_as_in_reference_files(string text, int seconds) =>
        Assert.Equal(seconds, WhatIfOptions.ParseWindow(text).TotalSeconds);

    [Theory]
    [InlineData("7")]
    [InlineData("-1d")]
    [InlineData("91d")]
    [InlineData("")]
    public void Other_texts_are_refused(string text) =>
        Assert.Throws<ArgumentException>(() => WhatIfOptions.ParseWindow(text));

    [Fact]
    public async Task A_campaign_that_nothing_knows_is_refused()
    {
        var lake = await filled.Lake;
        var error = await Assert.ThrowsAsync<LakeException>(() =>
            TryAsync(lake, new() { ViewWindow = TimeSpan.Zero, Campaigns = ["nope"] })
        );
        Assert.Equal("no campaign nope is described, or has an impression or a click", error.Message);
    }

    /// <summary>Words of SQL in a name were translated, and the campaign was not found.</summary>
    [Theory]
    [InlineData("a div b")]
    [InlineData("o'hara key_hash(x) -- \\")]
    public async Task Any_name_of_a_campaign_is_found(string campaign)
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync(
            "impressions",
            [
                new()
                {
                    ["event_id"] = "i1",
                    ["event_time"] = "2024-03-09 20:00:00",
                    ["user_id"] = "bob",
                    ["campaign_id"] = campaign,
                },
            ]
        );
        await lake.AddAsync(
            "conversions",
            [
                new()
                {
                    ["event_id"] = "v1",
                    ["event_time"] = "2024-03-10 02:00:00",
                    ["user_id"] = "bob",
                    ["conversion_type"] = "purchase",
                    ["campaign_id"] = campaign,
                },
            ]
        );
        await lake.RunAsync("conversion_attribution");
        var report = await TryAsync(lake, new() { ViewWindow = TimeSpan.Zero, Campaigns = [campaign] });
        Assert.Equal($"{campaign} : clicks 0 → 0, views 1 → 0, revenue 0 → 0, +0 −1", Text(report.Rows));
    }

    // An undescribed campaign of two currencies has none of its own here either, and the currency of an advertiser is
    // that of its campaigns. A refund stands on its own date, and goes where its conversion goes.
    [Fact]
    public async Task Campaigns_have_the_currency_and_adjustments_the_date_that_reports_give_them()
    {
        await using var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(
            """
            campaigns
            campaign_id | advertiser_id
            shoes       | acme

            advertisers
            advertiser_id | currency
            acme          | CHF

            impressions
            event_id | event_time          | user_id | campaign_id | currency
            i1       | 2024-03-10 10:00:00 | ann     | shoes       |
            i2       | 2024-03-10 10:00:00 | bob     | wild        | GBP
            i3       | 2024-03-10 10:00:00 | bob     | wild        | SEK

            conversions
            event_id | event_time          | user_id | campaign_id | conversion_type | order_id | revenue_micros | currency | is_adjustment
            v1       | 2024-03-10 20:00:00 | ann     | shoes       | purchase        | o1       | 5000000        |          |
            x1       | 2024-05-01 20:00:00 |         | shoes       | refund          | o1       | -2000000       |          | true
            v2       | 2024-03-10 20:00:00 | bob     | wild        | purchase        |          | 3000000        | GBP      |
            """
        );
        await lake.DescribeAsync([.. tables.Take(2)]);
        foreach (var table in tables.Skip(2))
            await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync("campaign_performance", "conversion_attribution");
        var options = new WhatIfOptions { ViewWindow = TimeSpan.FromHours(5) };
        Assert.Equal(
            """
            shoes CHF: clicks 0 → 0, views 1 → 0, revenue 3 → 0, +0 −1
            wild : clicks 0 → 0, views 1 → 0, revenue 0 → 0, +0 −1
            wild GBP: clicks 0 → 0, views 0 → 0, revenue 3 → 0, +0 −0
            """.ReplaceLineEndings("\n"),
            string.Join('\n', Text((await TryAsync(lake, options)).Rows).Split('\n').Order(StringComparer.Ordinal))
        );
        Assert.Equal(
            "shoes CHF: clicks 0 → 0, views 0 → 0, revenue -2 → 0, +0 −0",
            Text((await TryAsync(lake, options with { From = new DateOnly(2024, 5, 1) })).Rows)
        );
    }

    private static PipeTable WithWindows(PipeTable campaigns, string match, string click, string view)
    {
        var rows = campaigns.Rows.Select(row =>
            (IReadOnlyList<string>)
                [
                    .. row.Select(
                        (cell, column) =>
                            campaigns.Columns[column] switch
                            {
                                "click_window" => match,
                                "conversion_click_window" => click,
                                "view_window" => view,
                                _ => cell,
                            }
                    ),
                ]
        );
        return campaigns with { Rows = [.. rows] };
    }

    private static Task<WhatIfReport> TryAsync(FactLake lake, WhatIfOptions options) =>
        WhatIfEvaluation.RunAsync(lake.Engine, lake.Lake, options, cancellation: TestContext.Current.CancellationToken);

    private static string Text(IEnumerable<WhatIfRow> rows) =>
        string.Join(
            '\n',
            rows.Select(row =>
                $"{row.CampaignId} {row.Currency}: clicks {row.Today.ClickMillionths / 1_000_000} → {row.Other.ClickMillionths / 1_000_000}, "
                + $"views {row.Today.ViewMillionths / 1_000_000} → {row.Other.ViewMillionths / 1_000_000}, "
                + $"revenue {row.Today.RevenueMicros / 1_000_000} → {row.Other.RevenueMicros / 1_000_000}, +{row.Gained} −{row.Lost}"
            )
        );

    private static async Task<FactLake> FilledAsync()
    {
        var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(PipeTable.Parse(Campaigns));
        foreach (var table in PipeTable.Parse(Facts))
            await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync("conversion_attribution");
        return lake;
    }

    public sealed class FilledLake : SharedLake
    {
        private protected override Task<FactLake> FillAsync() => FilledAsync();
    }
}
