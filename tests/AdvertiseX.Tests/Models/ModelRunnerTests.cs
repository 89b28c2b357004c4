using System.Collections.Concurrent;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.Tests.Models;

/// <summary>A run of models: what it finds stale, what it commits, and that neither order, repetition nor a crash
/// matters.</summary>
public sealed class ModelRunnerTests
{
    /// <summary>
    /// One model of each kind of refresh, with that which they read, for tests to which it does not matter which models
    /// run: all take eight times as long. The explicit twins of these tests run all.
    /// </summary>
    private static readonly string[] Few = ["impression_rollup", "click_attribution", "campaign_counts"];

    private static readonly ModelCatalog Catalog = ModelCatalog.Shipped.With([
        ModelFile.Parse(
            "campaign_counts",
            """
            -- Impressions and clicks of a campaign.
            -- grain: campaign_id
            -- refresh: replace
            -- publish: cells
            -- input: impression_rollup
            -- input: click_attribution
            -- column: campaign_id string
            -- column: impressions long
            -- column: clicks long
            select campaign_id, sum(impressions) as impressions, sum(clicks) as clicks
            from (
              select campaign_id, impressions, 0 as clicks from impression_rollup
              union all
              select campaign_id, 0, 1 from click_attribution
            ) as counts
            group by campaign_id
            """
        ),
    ]);

    private static readonly ConcurrentDictionary<
        (int Seed, bool All),
        Lazy<Task<Dictionary<string, List<string>>>>
    > Computed = new();

    [Theory]
    [InlineData(false, Explicit = true)]
    [InlineData(true, Explicit = true)]
    public async Task An_erased_user_leaves_every_mart(bool all)
    {
        var facts = RandomTraffic.Create(new Random(5), 60);
        await using var lake = await EmptyAsync();
        await lake.DescribeAsync(RandomTraffic.Described);
        foreach (var table in facts.GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
        await lake.RunAsync(Which(all));
        var kept = facts.Where(fact => fact.Record.GetValueOrDefault("user_id") != "u1").ToList();
        foreach (var table in kept.GroupBy(fact => fact.Table))
            await lake.RewriteAsync(table.Key, table.Select(fact => fact.Record));
        var results = await lake.RunAsync(Which(all));
        Assert.All(results.Take(3), result => Assert.Equal(ModelPlanKind.Incremental, result.Kind));

        await using var whole = await EmptyAsync();
        await whole.DescribeAsync(RandomTraffic.Described);
        foreach (var table in kept.GroupBy(fact => fact.Table))
            await whole.AddAsync(table.Key, table.Select(fact => fact.Record));
        await whole.RunAsync(Which(all));
        AssertSame(await RowsAsync(whole, all), await RowsAsync(lake, all));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task A_second_run_finds_nothing_and_a_full_one_commits_nothing(bool all)
    {
        await using var lake = await FilledAsync(6);
        // No user of this traffic is fast enough for a rule.
        Assert.All(
            await lake.RunAsync(Which(all)),
            result =>
                Assert.Equal(
                    result.Model is "invalid_rates" or "invalid_traffic"
                        ? ModelOutcome.Unchanged
                        : ModelOutcome.Refreshed,
                    result.Outcome
                )
        );
        var versions = VersionsOf(lake);
        Assert.All(await lake.RunAsync(Which(all)), result => Assert.Equal(ModelOutcome.UpToDate, result.Outcome));
        Assert.All(
            await lake.Runner().RunAsync(lake.Lake, Which(all), full: true),
            result => Assert.Equal(ModelOutcome.Unchanged, result.Outcome)
        );
        Assert.Equal(versions, VersionsOf(lake));
    }

    [Fact]
    public async Task Compaction_of_an_input_is_noted_and_changes_no_row()
    {
        await using var lake = await FilledAsync(7);
        await lake.RunAsync("click_attribution");
        var clicks = lake.Lake.Table("clicks").Delta;
        var file = clicks.Latest.Files.Values.First();
        var moved = file with
        {
            Path = file.Path.Replace("part-", "part-moved-", StringComparison.Ordinal),
            DataChange = false,
        };
        File.Copy(lake.Lake.Table("clicks").AddressOf(file.Path), lake.Lake.Table("clicks").AddressOf(moved.Path));
        await clicks.CommitAsync(
            new DeltaChange("OPTIMIZE")
            {
                Adds = [moved],
                Removes = [RemoveFile.Of(file, DateTimeOffset.UnixEpoch, dataChange: false)],
            },
            clicks.Latest
        );
        var results = await lake.RunAsync("click_attribution");
        Assert.Equal(
            (ModelPlanKind.NoteOnly, ModelOutcome.Unchanged, 0),
            (results[^1].Kind, results[^1].Outcome, results[^1].FilesAdded)
        );
        Assert.Equal(ModelOutcome.UpToDate, (await lake.RunAsync("click_attribution"))[^1].Outcome);
    }

    [Fact(Explicit = true)]
    public async Task A_dry_run_says_what_would_follow_and_leaves_the_lake_alone()
    {
        await using var lake = await FilledAsync(8);
        await lake.RunAsync("campaign_performance");
        await lake.AddAsync(
            "clicks",
            [
                new()
                {
                    ["event_id"] = "c-new",
                    ["event_time"] = "2024-03-03 00:00:00",
                    ["user_id"] = "u1",
                },
            ]
        );
        var versions = VersionsOf(lake);
        var plan = await lake.Runner().RunAsync(lake.Lake, dryRun: true);
        var planned = plan.ToDictionary(
            result => result.Model,
            result => $"{result.Outcome} {result.Kind}: {result.Reason}"
        );
        Assert.Equal("UpToDate UpToDate: no input changed", planned["impression_rollup"]);
        Assert.StartsWith("Planned Incremental: clicks ", planned["click_attribution"], StringComparison.Ordinal);
        Assert.Equal("Planned Incremental: follows invalid_rates, click_attribution", planned["conversion_touches"]);
        Assert.Equal("Planned Incremental: follows conversion_touches", planned["conversion_attribution"]);
        Assert.StartsWith("Planned Full: follows ", planned["campaign_performance"], StringComparison.Ordinal);
        Assert.Equal(versions, VersionsOf(lake));
    }

    [Fact]
    public async Task Naming_a_model_refreshes_what_it_reads_too()
    {
        await using var lake = await FilledAsync(9);
        var results = await lake.RunAsync("conversion_attribution");
        Assert.Equal(
            ["click_attribution", "conversion_touches", "conversion_attribution"],
            results.Select(result => result.Model).Where(name => name.StartsWith('c') && name != "context_daily")
        );
        Assert.DoesNotContain(results, result => result.Model == "campaign_performance");
        Assert.Contains(
            "there is no model nonsense",
            (await Assert.ThrowsAsync<ModelException>(() => lake.RunAsync("nonsense"))).Message
        );
    }

    [Theory]
    [InlineData(false, Explicit = true)]
    [InlineData(true, Explicit = true)]
    public async Task Two_runners_at_once_come_to_one_result(bool all)
    {
        await using var lake = await FilledAsync(10);
        using var other = new DuckDbEngine(new DuckDbEngineOptions { MemoryLimitMebibytes = 256, Threads = 1 });
        using var second = await DataLake.OpenAsync(Path.Combine(lake.Folder, "lake"));
        var cancellation = TestContext.Current.CancellationToken;
        await Task.WhenAll(
            lake.Runner().RunAsync(lake.Lake, Which(all), cancellation: cancellation),
            new ModelRunner(other, Catalog).RunAsync(second, Which(all), cancellation: cancellation)
        );
        AssertSame(await ComputedAsync(10, all), await RowsAsync(lake, all));
    }

    [Theory]
    [InlineData(31, 2, false, Explicit = true)]
    [InlineData(31, 2, true, Explicit = true)]
    [InlineData(32, 7, true, Explicit = true)]
    public async Task Models_side_by_side_come_to_what_one_after_the_other_does(int seed, int atOnce, bool all)
    {
        var random = new Random(seed);
        await using var one = await FilledAsync(seed);
        await using var many = await FilledAsync(seed);
        (one.ModelsAtOnce, many.ModelsAtOnce) = (1, atOnce);
        for (var round = 0; round < (all ? 3 : 2); round++)
        {
            var (expected, actual) = (await one.RunAsync(Which(all)), await many.RunAsync(Which(all)));
            if (all)
                Assert.Equal(Catalog.Ordered.Select(model => model.Name), actual.Select(result => result.Model));
            Assert.Equal(expected.Select(Told), actual.Select(Told));
            AssertSame(await RowsAsync(one, all), await RowsAsync(many, all));
            Assert.Equal(await RestatementsAsync(one), await RestatementsAsync(many));
            var late = RandomTraffic
                .Create(random, 10)
                .GroupBy(fact => fact.Table)
                .ToDictionary(
                    group => group.Key,
                    group =>
                        group
                            .Select(fact => new Dictionary<string, string>(fact.Record)
                            {
                                ["event_id"] = $"late {round} {fact.Record["event_id"]}",
                            })
                            .ToList()
                );
            foreach (var lake in (FactLake[])[one, many])
            foreach (var (table, records) in late)
                await lake.AddAsync(table, records);
        }

        static string Told(ModelResult result) =>
            $"{result.Model} {result.Outcome} {result.Kind} {result.Reason} {result.RowsWritten} +{result.FilesAdded} -{result.FilesRemoved} {string.Join("; ", result.Causes)}";
        static async Task<List<string>> RestatementsAsync(FactLake lake)
        {
            var log = lake.Lake.Table("restatements");
            var columns = RestatementTable
                .Schema.Columns.Select(column => new ParquetColumn(column.Name, column.SqlType))
                .ToList();
            var set = new ParquetSet(
                "log",
                columns,
                [.. log.FilesOf(await log.Delta.RefreshAsync()).Select(file => file.Address)]
            );
            var line = string.Join(
                " || ' | ' || ",
                columns
                    .Where(column => column.Name != "run_time")
                    .Select(column => $"coalesce(cast({column.Name} as varchar), '')")
            );
            using var result = await lake.Engine.ReadAsync(
                $"select {line} as line from log order by 1",
                [set],
                default
            );
            var lines = new List<string>();
            while (result.Read())
                lines.Add(result.GetString(0)!);
            return lines;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task A_model_that_fails_beside_others_is_reported_and_leaves_what_they_did(bool all)
    {
        await using var lake = await FilledAsync(11);
        var wrong = ModelFile.Parse(
            "campaign_clicks",
            """
            -- Clicks of a campaign.
            -- grain: campaign_id
            -- refresh: replace
            -- input: click_attribution
            -- column: campaign_id string
            -- column: clicks long
            -- check: none(clicks > 0)
            select campaign_id, count(*) as clicks from click_attribution group by campaign_id
            """
        );
        var error = await Assert.ThrowsAsync<ModelException>(() =>
            lake.Runner(Catalog.With([wrong]))
                .RunAsync(
                    lake.Lake,
                    all ? [] : [.. Few, wrong.Name],
                    cancellation: TestContext.Current.CancellationToken
                )
        );
        Assert.Contains("model campaign_clicks: ", error.Message);
        Assert.All(
            lake.Lake.Table("click_attribution").Delta.Latest.Files.Values,
            file => Assert.True(File.Exists(lake.Lake.Table("click_attribution").AddressOf(file.Path)))
        );
        await lake.RunAsync(Which(all));
        AssertSame(await ComputedAsync(11, all), await RowsAsync(lake, all));
    }

    [Theory]
    [InlineData("model: files written", 2, false)]
    [InlineData("model: files written", 4, false)]
    [InlineData("commit: in the log", 2, false)]
    [InlineData("commit: in the log", 4, false)]
    [InlineData("model: files written", 2, true, Explicit = true)]
    [InlineData("model: files written", 9, true, Explicit = true)]
    [InlineData("commit: in the log", 2, true, Explicit = true)]
    [InlineData("commit: in the log", 9, true, Explicit = true)]
    public async Task A_run_that_dies_before_or_after_its_commit_is_finished_by_the_next(
        string moment,
        int nth,
        bool all
    )
    {
        await using var lake = await FilledAsync(11);
        using (new CrashAt(moment, nth))
            await Assert.ThrowsAsync<CrashAt.Crash>(() => lake.RunAsync(Which(all)));
        await lake.RunAsync(Which(all));
        AssertSame(await ComputedAsync(11, all), await RowsAsync(lake, all));
    }

    [Theory]
    [InlineData("lacks a column", Explicit = true)]
    [InlineData("has a column of another type")]
    [InlineData("has a column more", Explicit = true)]
    public async Task A_table_of_an_earlier_version_gets_the_columns_and_rows_of_this_one(string difference)
    {
        await using var lake = await FilledAsync(11);
        await lake.Runner(EarlierVersion("click_attribution", difference))
            .RunAsync(lake.Lake, ["click_attribution"], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            "its columns changed",
            (await lake.Runner().RunAsync(lake.Lake, dryRun: true))
                .Single(result => result.Model == "click_attribution")
                .Reason
        );
        await lake.RunAsync(Few);
        AssertSame(await ComputedAsync(11, all: false), await RowsAsync(lake, all: false));
        var clicks = lake.Lake.Table("click_attribution");
        Assert.Equal(ModelCatalog.Shipped.Find("click_attribution").Columns, clicks.Delta.Latest.Schema.Columns);
        Assert.Equal(
            "REPLACE COLUMNS",
            (await clicks.Delta.ReadCommitAsync(clicks.Delta.Latest.Version))!.OfType<CommitInfo>().Single().Operation
        );
        Assert.All(await lake.RunAsync(Few), result => Assert.Equal(ModelOutcome.UpToDate, result.Outcome));
    }

    [Theory]
    [InlineData("first_date", "event_date")]
    [InlineData("event_date", "first_date")]
    public async Task A_table_can_become_partitioned_or_cease_to_be(string before, string after)
    {
        await using var lake = await FilledAsync(14);
        foreach (var date in (string[])[before, after])
        {
            var model = ModelFile.Parse(
                "click_days",
                $"""
                -- Clicks of a day.
                -- grain: {date}
                -- refresh: replace
                -- input: clicks
                -- column: {date} date
                -- column: clicks long
                select event_date as {date}, count(*) as clicks from clicks group by event_date
                """
            );
            var catalog = new ModelCatalog([model]);
            await lake.Runner(catalog).RunAsync(lake.Lake, cancellation: TestContext.Current.CancellationToken);
            var table = lake.Lake.Table("click_days").Delta.Latest;
            Assert.Equal(date == "event_date" ? ["event_date"] : [], table.Metadata.PartitionColumns);
            Assert.Equal([date, "clicks"], table.Schema.Columns.Select(column => column.Name));
            Assert.All(table.Files.Values, file => Assert.Equal(date == "event_date", file.EventDate is not null));
            Assert.Equal(lake.Lake.Table("clicks").Delta.Latest.Files.Count, table.Files.Values.Sum(file => file.Rows));
        }
    }

    [Fact]
    public async Task A_check_that_does_not_hold_stops_the_commit_and_leaves_no_file()
    {
        await using var lake = await FilledAsync(12);
        var model = ModelFile.Parse(
            "campaign_clicks",
            """
            -- Clicks of a campaign.
            -- grain: campaign_id
            -- refresh: replace
            -- input: clicks
            -- column: campaign_id string
            -- column: clicks long
            -- check: not_null(campaign_id)
            select campaign_id, count(*) as clicks from clicks group by campaign_id
            """
        );
        var error = await Assert.ThrowsAsync<ModelException>(() =>
            lake.Runner(new ModelCatalog([model]))
                .RunAsync(lake.Lake, cancellation: TestContext.Current.CancellationToken)
        );
        Assert.Equal(
            "model campaign_clicks: not_null(campaign_id) does not hold for 1 rows; nothing was committed",
            error.Message
        );
        Assert.Empty(
            Directory.EnumerateFiles(
                Path.Combine(lake.Folder, "lake", "campaign_clicks"),
                "*.parquet",
                SearchOption.AllDirectories
            )
        );
    }

    [Theory]
    [InlineData("none(clicks > 3)", 1)]
    [InlineData("none(clicks = (select max(clicks) from written) -- the most)", 1)]
    [InlineData("not_null(clicks, nothing)", 4)]
    [InlineData("unique(odd)", 2)]
    [InlineData("sum(clicks) by odd = 4", 1)]
    public async Task Of_several_checks_the_one_that_does_not_hold_is_named_with_its_count(string check, int count)
    {
        await using var lake = await FactLake.CreateAsync();
        var model = ModelFile.Parse(
            "four_rows",
            $"""
            -- Four rows.
            -- grain: clicks
            -- refresh: replace
            -- input: clicks
            -- column: clicks long
            -- column: odd boolean
            -- column: nothing string
            -- check: unique(clicks)
            -- check: not_null(clicks, odd)
            -- check: none(clicks < 1)
            -- check: {check}
            -- check: none(clicks > 4)
            select clicks, clicks % 2 = 1 as odd, cast(null as varchar) as nothing from (values (1), (2), (3), (4)) as four(clicks)
            """
        );
        var error = await Assert.ThrowsAsync<ModelException>(() =>
            lake.Runner(new ModelCatalog([model]))
                .RunAsync(lake.Lake, cancellation: TestContext.Current.CancellationToken)
        );
        Assert.Equal($"model four_rows: {check} does not hold for {count} rows; nothing was committed", error.Message);
    }

    private static ModelCatalog EarlierVersion(string name, string difference)
    {
        var shipped = ModelCatalog.Shipped;
        var models = shipped
            .Ordered.SelectMany(model =>
                (Model[])
                    [
                        model,
                        .. shipped.StagingOf(model, ModelRefresh.Inline),
                        .. shipped.StagingOf(model, ModelRefresh.Temporary),
                    ]
            )
            .Distinct();
        return new ModelCatalog(models.Select(model => model.Name == name ? Other(model, difference) : model));
    }

    private static Model Other(Model model, string difference) =>
        model with
        {
            Checks = [],
            Columns = difference switch
            {
                "lacks a column" => [.. model.Columns.Where(column => column.Name != "micros_since_impression")],
                "has a column more" => [.. model.Columns, new DeltaColumn("more", DeltaType.Boolean)],
                _ =>
                [
                    .. model.Columns.Select(column =>
                        column.Name == "micros_since_impression" ? column with { Type = DeltaType.String } : column
                    ),
                ],
            },
            Sql = $"select *, true as more from (\n{model.Sql}\n) as earlier",
        };

    private static string[] Which(bool all) => all ? [] : Few;

    private static async Task<FactLake> EmptyAsync()
    {
        var lake = await FactLake.CreateAsync();
        lake.Catalog = Catalog;
        return lake;
    }

    private static async Task<FactLake> FilledAsync(int seed)
    {
        var lake = await EmptyAsync();
        await lake.DescribeAsync(RandomTraffic.Described);
        foreach (var table in RandomTraffic.Create(new Random(seed), 40).GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
        return lake;
    }

    private static Dictionary<string, long> VersionsOf(FactLake lake) =>
        lake.Lake.Tables.ToDictionary(table => table.Name, table => table.Delta.Latest.Version);

    /// <summary>What one run over all of a seed's traffic stores; computed once.</summary>
    private static Task<Dictionary<string, List<string>>> ComputedAsync(int seed, bool all) =>
        Computed
            .GetOrAdd(
                (seed, all),
                _ =>
                    new(async () =>
                    {
                        await using var lake = await FilledAsync(seed);
                        await lake.RunAsync(Which(all));
                        return await RowsAsync(lake, all);
                    })
            )
            .Value;

    private static async Task<Dictionary<string, List<string>>> RowsAsync(FactLake lake, bool all)
    {
        var rows = new Dictionary<string, List<string>>();
        foreach (var model in all ? Catalog.Ordered.Select(model => model.Name) : Few)
            rows.Add(model, await lake.RowsAsync(model));
        return rows;
    }

    private static void AssertSame(Dictionary<string, List<string>> expected, Dictionary<string, List<string>> actual)
    {
        foreach (var (model, rows) in expected)
            Assert.Equal(rows, actual[model]);
    }
}
