using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;
using AdvertiseX.Reports;
using AdvertiseX.Tests.Ingestion;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Models;

/// <summary>The log of published figures that runs changed: exactly those, once, whatever dies or runs
/// beside.</summary>
public sealed class RestatementTests
{
    private const string Model = "campaign_performance";

    /// <summary>
    /// What the shipped model says of the few events here, in one step: that one follows from seven others, and takes
    /// sixty times as long. The explicit twins of these tests run it.
    /// </summary>
    private static readonly ModelCatalog Plain = new([
        ModelFile.Parse(
            Model,
            """
            -- Counts of a campaign's day.
            -- grain: campaign_id, local_date, currency
            -- refresh: replace
            -- publish: cells
            -- input: impressions
            -- input: clicks
            -- column: campaign_id string
            -- column: local_date date
            -- column: currency string
            -- column: impressions long
            -- column: net_impressions long
            -- column: clicks long
            -- column: net_clicks long
            -- column: unmatched_clicks long
            -- column: unpriced_events long
            select campaign_id, event_date as local_date, cast(null as varchar) as currency,
              sum(impressions) as impressions, sum(impressions) as net_impressions, sum(clicks) as clicks, sum(clicks) as net_clicks,
              sum(clicks) as unmatched_clicks, sum(impressions + clicks) as unpriced_events
            from (
              select campaign_id, event_date, 1 as impressions, 0 as clicks from impressions
              union all
              select campaign_id, event_date, 0, 1 from clicks
            ) as events
            group by campaign_id, event_date
            """
        ),
    ]);

    // A conversion is in the counts of its cell; what changes revenue alone is an adjustment.
    [Fact(Explicit = true)]
    public async Task What_an_adjustment_changes_is_said_to_be_its_doing()
    {
        await using var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(
            """
            clicks
            event_id | event_time          | user_id | campaign_id
            c1       | 2024-03-01 10:00:00 | ann     | m1
            c2       | 2024-03-02 10:00:00 | bob     | m2

            conversions
            event_id | event_time          | user_id | campaign_id | conversion_type | order_id | revenue_micros | is_adjustment
            v1       | 2024-03-01 11:00:00 | ann     | m1          | purchase        | o1       | 9000000        |
            v2       | 2024-03-02 11:00:00 | bob     | m2          | purchase        | o2       | 8000000        |
            x1       | 2024-03-01 12:00:00 |         | m1          | refund          | o1       | -2000000       | true
            """
        );
        var conversions = tables[1].Records().ToList();
        await lake.AddAsync("clicks", tables[0].Records());
        await lake.AddAsync("conversions", [conversions[0]]);
        await lake.RunAsync(Model);
        await lake.AddAsync("conversions", conversions[1..]);
        await lake.RunAsync(Model);
        Assert.Equal(
            [
                "m1 net_revenue_by_conversion_micros adjustment: conversions 1 → 2 (+2 files of 2 dates, 2024-03-01 to 2024-03-02)",
                "m2 net_revenue_by_conversion_micros conversions 1 → 2 (+2 files of 2 dates, 2024-03-01 to 2024-03-02)",
            ],
            await TextsAsync(
                lake,
                "select campaign_id || ' ' || measure || ' ' || reason from restatements where measure = 'net_revenue_by_conversion_micros' order by 1"
            )
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task A_late_click_restates_its_cell_and_says_why(bool shipped)
    {
        await using var lake = await PublishedAsync(shipped);
        await lake.AddAsync("clicks", [Click("c1", "m1", "2024-03-01 12:00:00")]);
        await lake.RunAsync(Model);
        Assert.Equal(
            [
                "2|changed|m1|2024-03-01|clicks|0|1|clicks 0 → 1 (+1 file of 2024-03-01)",
                "2|changed|m1|2024-03-01|net_clicks|0|1|clicks 0 → 1 (+1 file of 2024-03-01)",
                "2|changed|m1|2024-03-01|unmatched_clicks|0|1|clicks 0 → 1 (+1 file of 2024-03-01)",
                "2|changed|m1|2024-03-01|unpriced_events|1|2|clicks 0 → 1 (+1 file of 2024-03-01)",
            ],
            await LoggedAsync(lake)
        );
        Assert.Equal(
            ["""{"campaign_id":"m1","local_date":"2024-03-01","currency":null}"""],
            await TextsAsync(lake, "select distinct cell from restatements where kind = 'changed'")
        );
        var commit = await lake.Lake.Table(Model).Delta.ReadCommitAsync(2, TestContext.Current.CancellationToken);
        Assert.Equal(
            [$"{commit!.OfType<CommitInfo>().Single().TimestampMillis}"],
            await TextsAsync(
                lake,
                "select distinct cast(epoch_ms(run_time) as varchar) from restatements where table_version = 2"
            )
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task The_first_figures_are_one_row_and_a_new_day_is_none(bool shipped)
    {
        await using var lake = await PublishedAsync(shipped);
        await lake.AddAsync("impressions", [Impression("i9", "m1", "2024-03-02 12:00:00")]);
        await lake.RunAsync(Model);
        Assert.Equal(["1|rebuilt"], await TextsAsync(lake, "select table_version || '|' || kind from restatements"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task A_new_cell_on_a_published_day_is_logged_and_so_is_one_that_goes(bool shipped)
    {
        await using var lake = await PublishedAsync(shipped);
        await lake.AddAsync("impressions", [Impression("i9", "m9", "2024-03-01 12:00:00")]);
        await lake.RunAsync(Model);
        await lake.RewriteAsync("impressions", [Impression("i1", "m1", "2024-03-01 10:00:00")]);
        await lake.RunAsync(Model);
        var logged = (await LoggedAsync(lake)).Select(WithoutReason);
        Assert.Equal(
            [
                "2|added_later|m9|2024-03-01|impressions||1",
                "2|added_later|m9|2024-03-01|net_impressions||1",
                "2|added_later|m9|2024-03-01|unpriced_events||1",
                "3|removed|m2|2024-03-01|impressions|1|",
                "3|removed|m2|2024-03-01|net_impressions|1|",
                "3|removed|m2|2024-03-01|unpriced_events|1|",
                "3|removed|m9|2024-03-01|impressions|1|",
                "3|removed|m9|2024-03-01|net_impressions|1|",
                "3|removed|m9|2024-03-01|unpriced_events|1|",
            ],
            logged
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task A_replay_and_a_full_run_log_nothing(bool shipped)
    {
        await using var lake = await PublishedAsync(shipped);
        var version = await VersionAsync(lake);
        await lake.RunAsync(Model);
        await lake.Runner()
            .RunAsync(lake.Lake, [Model], full: true, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(version, await VersionAsync(lake));
        Assert.Single(await TextsAsync(lake, "select kind from restatements"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true, Explicit = true)]
    [InlineData(2, true, Explicit = true)]
    [InlineData(3, true, Explicit = true)]
    public async Task The_log_leads_from_what_was_published_to_what_is(int seed, bool shipped)
    {
        var random = new Random(seed);
        var facts = RandomTraffic.Create(random, 40).ToArray();
        random.Shuffle(facts);
        await using var lake = await FactLake.CreateAsync();
        if (!shipped)
            lake.Catalog = Plain;
        await lake.DescribeAsync(RandomTraffic.Described);
        await AddAsync(lake, facts[..20]);
        await lake.RunAsync(Model);
        var before = await FiguresAsync(lake);
        await AddAsync(lake, facts[20..]);
        await lake.RunAsync(Model);
        var after = await FiguresAsync(lake);

        var days = before.Keys.Select(cell => cell.Split('|')[1]).ToHashSet(StringComparer.Ordinal);
        // A zero or a false of a cell that was not there is no change.
        bool IsShown(string figure) =>
            before.TryGetValue(figure, out var old) == after.TryGetValue(figure, out var now)
                ? old != now
                : (old ?? now) is not ("" or "0" or "false");
        var expected = after
            .Keys.Union(before.Keys)
            .Where(figure => days.Contains(figure.Split('|')[1]) && IsShown(figure))
            .Select(figure => $"{figure}|{before.GetValueOrDefault(figure)}|{after.GetValueOrDefault(figure)}")
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.Equal(
            expected,
            await TextsAsync(
                lake,
                """
                select concat_ws('|', coalesce(campaign_id, ''), local_date, coalesce(json_extract_string(cell, '$.currency'), ''), measure, coalesce(before, ''), coalesce(after, ''))
                from restatements where kind <> 'rebuilt' order by 1
                """
            )
        );
        Assert.NotEmpty(expected);
    }

    [Theory]
    [InlineData("restatements: files written", 1, false)]
    [InlineData("commit: in the log", 1, false)]
    [InlineData("commit: in the log", 2, false)]
    [InlineData("restatements: files written", 1, true, Explicit = true)]
    [InlineData("commit: in the log", 3, true, Explicit = true)]
    [InlineData("commit: in the log", 4, true, Explicit = true)]
    public async Task A_run_that_dies_between_figures_and_log_is_completed_by_the_next(
        string moment,
        int nth,
        bool shipped
    )
    {
        await using var expected = await PublishedAsync(shipped);
        await expected.AddAsync("clicks", [Click("c1", "m1", "2024-03-01 12:00:00")]);
        await expected.RunAsync(Model);
        await using var lake = await PublishedAsync(shipped);
        await lake.AddAsync("clicks", [Click("c1", "m1", "2024-03-01 12:00:00")]);
        using (new CrashAt(moment, nth))
            await Assert.ThrowsAsync<CrashAt.Crash>(() => lake.RunAsync(Model));
        await lake.RunAsync(Model);
        await lake.RunAsync(Model);
        // The cause may have been another model's commit: what led to that was told to the run that died.
        Assert.Equal(
            (await LoggedAsync(expected)).Select(WithoutReason),
            (await LoggedAsync(lake)).Select(WithoutReason)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task Two_runners_at_once_log_a_change_once(bool shipped)
    {
        await using var lake = await PublishedAsync(shipped);
        await lake.AddAsync("clicks", [Click("c1", "m1", "2024-03-01 12:00:00")]);
        using var other = new DuckDbEngine(new DuckDbEngineOptions { MemoryLimitMebibytes = 256, Threads = 1 });
        using var second = await DataLake.OpenAsync(
            Path.Combine(lake.Folder, "lake"),
            cancellation: TestContext.Current.CancellationToken
        );
        var cancellation = TestContext.Current.CancellationToken;
        await Task.WhenAll(
            lake.Runner().RunAsync(lake.Lake, [Model], cancellation: cancellation),
            new ModelRunner(other, lake.Catalog).RunAsync(second, [Model], cancellation: cancellation)
        );
        Assert.Equal(4, (await LoggedAsync(lake)).Count);
        await AssertNoFileIsLeftAsync(lake);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task Who_lost_the_race_to_log_leaves_no_file_and_doubles_nothing(bool shipped)
    {
        await using var lake = await PublishedAsync(shipped);
        await lake.AddAsync("clicks", [Click("c1", "m1", "2024-03-01 12:00:00")]);
        var model = lake.Catalog.Find(Model);
        await lake.Runner(Unpublished(lake))
            .RunAsync(lake.Lake, [Model], cancellation: TestContext.Current.CancellationToken);
        using (
            new CrashAt(
                "restatements: files written",
                () => NewLog(lake).CompleteAsync(model, default).AsTask().GetAwaiter().GetResult()
            )
        )
            await NewLog(lake).CompleteAsync(model, TestContext.Current.CancellationToken);
        Assert.Equal(4, (await LoggedAsync(lake)).Count);
        await AssertNoFileIsLeftAsync(lake);
    }

    [Fact]
    public async Task What_is_vacuumed_while_it_is_compared_can_no_longer_be_told()
    {
        await using var lake = await PublishedAsync(shipped: false);
        await lake.AddAsync("clicks", [Click("c1", "m1", "2024-03-01 12:00:00")]);
        await lake.Runner(Unpublished(lake))
            .RunAsync(lake.Lake, [Model], cancellation: TestContext.Current.CancellationToken);
        var table = lake.Lake.Table(Model);
        var engine = new LateEngine(
            lake.Engine,
            async () =>
            {
                foreach (var gone in (await table.Delta.ReadRemovedAsync(table.Delta.Latest)).ByPath.Keys)
                    File.Delete(table.AddressOf(gone));
            }
        );
        await new RestatementLog(lake.Lake, engine, lake.Lake.Clock, 3).CompleteAsync(
            lake.Catalog.Find(Model),
            TestContext.Current.CancellationToken
        );
        Assert.Contains("untold", await TextsAsync(lake, "select kind from restatements where kind = 'untold'"));
        await AssertNoFileIsLeftAsync(lake);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task What_can_no_longer_be_told_is_said_in_one_row(bool shipped)
    {
        await using var lake = await PublishedAsync(shipped, published: false);
        foreach (var click in (string[])["c1", "c2", "c3"])
        {
            await lake.AddAsync("clicks", [Click(click, "m1", "2024-03-01 12:00:00")]);
            await lake.Runner(Unpublished(lake))
                .RunAsync(lake.Lake, [Model], cancellation: TestContext.Current.CancellationToken);
        }

        var table = lake.Lake.Table(Model);
        foreach (var gone in (await table.Delta.ReadRemovedAsync(table.Delta.Latest)).ByPath.Keys)
            File.Delete(table.AddressOf(gone));
        await lake.RunAsync(Model);
        await lake.AddAsync("clicks", [Click("c4", "m1", "2024-03-01 12:00:00")]);
        await lake.RunAsync(Model);
        Assert.Equal(
            [
                "1|rebuilt|it was never run",
                "4|untold|what versions 2 to 4 changed can no longer be told: log or files are gone",
                "5|changed|clicks 3 → 4 (+1 file of 2024-03-01)",
            ],
            await TextsAsync(
                lake,
                "select distinct table_version || '|' || kind || '|' || reason from restatements order by 1"
            )
        );
    }

    [Fact]
    public async Task Other_columns_are_one_row_and_other_text_is_told_by_cell()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("clicks", [Click("c1", "m1", "2024-03-01 12:00:00")]);
        foreach (
            var sums in (string[])
                [
                    "count(*) as clicks",
                    "count(*) * 10 as clicks",
                    "count(*) * 10 as clicks, 0.5 as rate",
                    "count(*) * 10 as clicks, 0.25 as rate",
                ]
        )
            await lake.Runner(new ModelCatalog([Counts(sums)]))
                .RunAsync(lake.Lake, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                "1|rebuilt||||it was never run",
                "2|changed|clicks|1|10|the model changed",
                "3|rebuilt||||its columns changed",
                "4|changed|rate|0.5|0.25|the model changed",
            ],
            await TextsAsync(
                lake,
                "select concat_ws('|', table_version, kind, coalesce(measure, ''), coalesce(before, ''), coalesce(after, ''), reason) from restatements order by 1"
            )
        );
    }

    [Theory]
    [InlineData("2024-03-01 14:59:59", "")]
    [InlineData("2024-03-01 15:00:00", "tokyo")]
    [InlineData("2024-03-01 22:59:59", "tokyo")]
    [InlineData("2024-03-01 23:00:00", "berlin tokyo")]
    [InlineData("2024-03-01 23:59:59", "berlin tokyo")]
    [InlineData("2024-03-02 00:00:00", "(unknown) berlin plain tokyo undescribed")]
    [InlineData("2024-03-02 04:59:59", "(unknown) berlin plain tokyo undescribed")]
    [InlineData("2024-03-02 05:00:00", "(unknown) berlin new-york plain tokyo undescribed")]
    public async Task Figures_of_days_that_still_ran_are_not_logged(string published, string logged)
    {
        string[] campaigns = ["(unknown)", "berlin", "new-york", "plain", "tokyo", "undescribed"];
        var clock = new FixedClock(Utc(published));
        await using var lake = await FactLake.CreateAsync(clock);
        lake.Catalog = Plain;
        await lake.DescribeAsync(
            PipeTable.Parse(
                """
                campaigns
                campaign_id | advertiser_id | time_zone
                berlin      | asia          | Europe/Berlin
                new-york    |               | America/New_York
                plain       |               |
                tokyo       | asia          |

                advertisers
                advertiser_id | time_zone
                asia          | Asia/Tokyo
                """
            )
        );
        await lake.AddAsync(
            "impressions",
            campaigns.SelectMany(campaign =>
                new[] { "2024-02-28", "2024-03-01" }.Select(day =>
                    Impression($"{campaign}{day}", campaign, $"{day} 10:00:00")
                )
            )
        );
        await lake.RunAsync(Model);
        // What is logged does not depend on when it is.
        clock.Now = Utc("2024-03-20 00:00:00");
        await lake.AddAsync(
            "clicks",
            campaigns.SelectMany(campaign =>
                new[] { "2024-02-28", "2024-03-01" }.Select(day =>
                    Click($"c{campaign}{day}", campaign, $"{day} 12:00:00")
                )
            )
        );
        await lake.AddAsync("impressions", [Impression("late", "late", "2024-03-01 11:00:00")]);
        await lake.RunAsync(Model);

        Assert.Equal(
            campaigns.Select(campaign => $"{campaign} 2024-02-28"),
            await DaysAsync(lake, "local_date = date '2024-02-28'")
        );
        var late = Utc(published) < Utc("2024-03-02 00:00:00") ? "" : "late ";
        Assert.Equal(
            $"{late}{logged}".Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            (await DaysAsync(lake, "local_date = date '2024-03-01'")).Select(cell => cell.Split(' ')[0])
        );
    }

    [Fact]
    public async Task What_was_open_is_logged_from_the_first_commit_after_its_end()
    {
        var clock = new FixedClock(Utc("2024-03-01 13:00:00"));
        await using var lake = await FactLake.CreateAsync(clock);
        lake.Catalog = Plain;
        await lake.AddAsync("impressions", [Impression("i", "m", "2024-03-01 10:00:00")]);
        await lake.RunAsync(Model);
        var logged = new List<int>();
        foreach (var run in (string[])["2024-03-01 14:00:00", "2024-03-02 01:00:00", "2024-03-02 02:00:00"])
        {
            clock.Now = Utc(run);
            await lake.AddAsync("clicks", [Click(run, "m", "2024-03-01 12:00:00")]);
            await lake.RunAsync(Model);
            logged.Add((await LoggedAsync(lake)).Count(line => line.Contains("|clicks|", StringComparison.Ordinal)));
        }

        Assert.Equal([0, 0, 1], logged);
        Assert.StartsWith("4|changed|m|2024-03-01|clicks|2|3|", (await LoggedAsync(lake))[0], StringComparison.Ordinal);
    }

    private static DateTimeOffset Utc(string time) =>
        DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static Task<List<string>> DaysAsync(FactLake lake, string where) =>
        TextsAsync(
            lake,
            $"select distinct campaign_id || ' ' || local_date from restatements where kind <> 'rebuilt' and {where} order by 1"
        );

    private static string WithoutReason(string line) => line[..line.LastIndexOf('|')];

    private static Model Counts(string sums) =>
        ModelFile.Parse(
            "click_counts",
            $"""
            -- Clicks of a campaign.
            -- grain: campaign_id
            -- refresh: replace
            -- publish: cells
            -- input: clicks
            -- column: campaign_id string
            -- column: clicks long
            {(sums.Contains("rate", StringComparison.Ordinal) ? "-- column: rate double" : "")}
            select campaign_id, {sums} from clicks group by campaign_id
            """
        );

    /// <summary>Two campaigns with an impression each on 1 March, computed.</summary>
    private static async Task<FactLake> PublishedAsync(bool shipped, bool published = true)
    {
        var lake = await FactLake.CreateAsync();
        if (!shipped)
            lake.Catalog = Plain;
        await lake.AddAsync(
            "impressions",
            [Impression("i1", "m1", "2024-03-01 10:00:00"), Impression("i2", "m2", "2024-03-01 10:00:00")]
        );
        await lake.Runner(published ? null : Unpublished(lake))
            .RunAsync(lake.Lake, [Model], cancellation: TestContext.Current.CancellationToken);
        return lake;
    }

    private static ModelCatalog Unpublished(FactLake lake) =>
        new(lake.Catalog.All.Select(model => model with { PublishesCells = false }));

    private static RestatementLog NewLog(FactLake lake) => new(lake.Lake, lake.Engine, TimeProvider.System, 3);

    private static Dictionary<string, string> Impression(string id, string campaign, string time) =>
        new()
        {
            ["event_id"] = id,
            ["event_time"] = time,
            ["user_id"] = $"u{id}",
            ["campaign_id"] = campaign,
        };

    private static Dictionary<string, string> Click(string id, string campaign, string time) =>
        new()
        {
            ["event_id"] = id,
            ["event_time"] = time,
            ["user_id"] = $"u{id}",
            ["campaign_id"] = campaign,
        };

    private static async Task AddAsync(
        FactLake lake,
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        foreach (var table in facts.GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
    }

    /// <summary>Every figure, by campaign, day, currency and name.</summary>
    private static async Task<Dictionary<string, string>> FiguresAsync(FactLake lake)
    {
        var model = lake.Catalog.Find(Model);
        var measures = model.Columns.Select(column => column.Name).Except(model.Grain).ToList();
        var figures = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var measure in measures)
        {
            var cells = await TextsAsync(
                lake,
                $"""
                select concat_ws('|', coalesce(campaign_id, ''), local_date, coalesce(currency, ''), '{measure}', coalesce(cast({measure} as varchar), ''))
                from {Model}
                """
            );
            foreach (var cell in cells)
                figures[cell[..cell.LastIndexOf('|')]] = cell[(cell.LastIndexOf('|') + 1)..];
        }

        return figures;
    }

    private static Task<List<string>> LoggedAsync(FactLake lake) =>
        TextsAsync(
            lake,
            """
            select concat_ws('|', table_version, kind, campaign_id, local_date, measure, coalesce(before, ''), coalesce(after, ''), reason)
            from restatements where kind <> 'rebuilt' order by 1
            """
        );

    private static async Task<List<string>> TextsAsync(FactLake lake, string select)
    {
        foreach (var table in lake.Lake.Tables)
            await table.Delta.RefreshAsync();
        using var result = await lake.Engine.ReadAsync(select, LakeSets.Of(lake.Lake), default);
        var lines = new List<string>();
        while (result.Read())
            lines.Add(result.GetString(0)!);
        return lines;
    }

    private static async Task<long> VersionAsync(FactLake lake) =>
        (await lake.Lake.Table("restatements").Delta.RefreshAsync()).Version;

    private static async Task AssertNoFileIsLeftAsync(FactLake lake)
    {
        var table = lake.Lake.Table("restatements");
        var named = (await table.Delta.RefreshAsync()).Files.Count;
        Assert.Equal(
            named,
            Directory.EnumerateFiles(Path.Combine(lake.Folder, "lake", "restatements"), "*.parquet").Count()
        );
    }
}
