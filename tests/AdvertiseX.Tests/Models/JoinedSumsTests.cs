using System.Globalization;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// Sums of rows that are joined by a key with an input that changes too: an additive model beside one of the same
/// SELECT that is computed whole at each run. Levels of users follow from their conversions; clicks and impressions are
/// summed by level, and days, which have no user.
/// </summary>
public sealed class JoinedSumsTests
{
    private const string Sql = """
        select campaign_id, level, sum(clicks) as clicks, sum(impressions) as impressions, sum(requests) as requests
        from (
          select c.campaign_id, case when c.user_key is null then 'nobody' else coalesce(l.level, 'none') end as level, 1 as clicks, 0 as impressions, 0 as requests
          from clicks c
          left join levels l on l.user_key = c.user_key
          union all
          select i.campaign_id, case when i.user_key is null then 'nobody' else coalesce(l.level, 'none') end, 0, 1, 0
          from impressions i
          left join levels l on l.user_key = i.user_key
          union all
          select campaign_id, 'all', 0, 0, requests
          from days
        ) as parts
        group by campaign_id, level
        """;

    private const string Columns = """
        -- column: campaign_id string
        -- column: level string
        -- column: clicks long
        -- column: impressions long
        -- column: requests long
        """;

    private static readonly ModelCatalog Catalog = new([
        ModelFile.Parse(
            "levels",
            """
            -- What users are.
            -- grain: user_key
            -- refresh: replace
            -- input: conversions
            -- column: user_key long
            -- column: level string
            select user_key, case when count(*) > 1 then 'often' else 'once' end as level from conversions where user_key is not null group by user_key
            """
        ),
        ModelFile.Parse(
            "days",
            """
            -- Requests of a day.
            -- grain: campaign_id, event_date
            -- refresh: replace
            -- input: bid_requests
            -- column: campaign_id string
            -- column: event_date date
            -- column: requests long
            select campaign_id, event_date, count(*) as requests from bid_requests group by campaign_id, event_date
            """
        ),
        ModelFile.Parse(
            "sums",
            $"""
            -- By level, following changes.
            -- grain: campaign_id, level
            -- refresh: additive
            -- input: clicks; summed
            -- input: impressions; columns campaign_id, user_key; summed
            -- input: days; summed
            -- input: levels; joined by user_key
            {Columns}
            {Sql}
            """
        ),
        ModelFile.Parse(
            "whole",
            $"""
            -- By level, computed whole.
            -- grain: campaign_id, level
            -- refresh: replace
            -- input: clicks
            -- input: impressions
            -- input: days
            -- input: levels
            {Columns}
            {Sql}
            """
        ),
    ]);

    private int _events;

    [Fact]
    public async Task A_changed_key_moves_its_rows_and_no_others()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("clicks", [Event("m0", "ann"), Event("m0", "bob"), Event("m1", "ann"), Event("m1", null)]);
        await lake.AddAsync("impressions", [Event("m0", "ann"), Event("m0", "bob")]);
        await lake.AddAsync("conversions", [Event("m0", "bob")]);
        await RunAsync(lake);
        var before = lake.Lake.Table("sums").FilesOf(await lake.Lake.Table("sums").Delta.RefreshAsync());
        await lake.AddAsync("conversions", [Event("m0", "ann")]);
        var result = await RunAsync(lake);
        Assert.Equal((ModelPlanKind.Incremental, 4), (result.Kind, result.RowsWritten));
        Assert.Equal(
            ["m0 | none | -1 | -1 | 0", "m0 | once | 1 | 1 | 0", "m1 | none | -1 | 0 | 0", "m1 | once | 1 | 0 | 0"],
            await LinesAsync(lake, "sums", "select *", only: file => !before.Contains(file))
        );
        Assert.Equal(
            ["m0 | once | 2 | 2 | 0", "m1 | nobody | 1 | 0 | 0", "m1 | once | 1 | 0 | 0"],
            await SumsAsync(lake)
        );
    }

    [Fact]
    public async Task Rows_and_what_they_are_joined_with_can_change_in_one_run()
    {
        await using var lake = await FactLake.CreateAsync();
        var clicks = new List<Dictionary<string, string>>
        {
            Event("m0", "ann"),
            Event("m0", "ann"),
            Event("m0", "bob"),
            Event("m1", "cay"),
            Event("m1", null),
        };
        await lake.AddAsync("clicks", clicks);
        await lake.AddAsync("impressions", [Event("m0", "ann"), Event("m0", null)]);
        await lake.AddAsync("conversions", [Event("m0", "bob"), Event("m0", "cay")]);
        await lake.AddAsync("bid_requests", [Event("m0", "ann")]);
        await RunAsync(lake);
        // Of a key that changes one row goes and one comes, of one that does not, and of none; another key loses what
        // it was joined with.
        await lake.RewriteAsync(
            "clicks",
            [clicks[1], clicks[3], Event("m1", "ann"), Event("m0", "bob"), Event("m0", null)]
        );
        await lake.AddAsync("impressions", [Event("m1", "ann"), Event("m1", "bob"), Event("m1", null)]);
        await lake.RewriteAsync("conversions", [Event("m0", "ann"), Event("m0", "bob")]);
        await lake.AddAsync("bid_requests", [Event("m0", "dan"), Event("m1", "dan")]);
        Assert.Equal(ModelPlanKind.Incremental, (await RunAsync(lake)).Kind);
        Assert.Equal(
            [
                "m0 | all | 0 | 0 | 2",
                "m0 | nobody | 1 | 1 | 0",
                "m0 | once | 2 | 1 | 0",
                "m1 | all | 0 | 0 | 1",
                "m1 | nobody | 0 | 1 | 0",
                "m1 | none | 1 | 0 | 0",
                "m1 | once | 1 | 2 | 0",
            ],
            await SumsAsync(lake)
        );
    }

    [Theory]
    [InlineData(1, 20_000, 5, Explicit = true)]
    [InlineData(1, 20_000, 10, Explicit = true)]
    [InlineData(2, 20_000, 10, Explicit = true)]
    [InlineData(3, 20_000, 10, Explicit = true)]
    [InlineData(4, 1, 5)]
    [InlineData(4, 1, 10, Explicit = true)]
    public async Task However_rows_come_and_go_the_sums_are_those_of_all_rows(int seed, long many, int rounds)
    {
        var random = new Random(seed);
        await using var lake = await FactLake.CreateAsync();
        var facts = new Dictionary<string, List<Dictionary<string, string>>>
        {
            ["clicks"] = [],
            ["impressions"] = [],
            ["conversions"] = [],
            ["bid_requests"] = [],
        };
        var kinds = new List<ModelPlanKind>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (table, rows) in facts)
            {
                var come = Enumerable
                    .Range(0, random.Next(8))
                    .Select(_ => Event($"m{random.Next(3)}", random.Next(5) == 0 ? null : $"u{random.Next(9)}"))
                    .ToList();
                if (random.Next(3) == 0)
                {
                    rows.RemoveAll(_ => random.Next(3) == 0);
                    rows.AddRange(come);
                    await lake.RewriteAsync(table, rows);
                }
                else if (come.Count > 0)
                {
                    rows.AddRange(come);
                    await lake.AddAsync(table, come);
                }
            }

            if (random.Next(4) == 0)
                await Compaction.RunAsync(
                    lake.Lake,
                    lake.Engine,
                    new CompactionOptions { MinFiles = 2 },
                    TestContext.Current.CancellationToken
                );
            kinds.Add((await RunAsync(lake, many)).Kind);
            if (random.Next(4) == 0)
                await Compaction.RunAsync(
                    lake.Lake,
                    lake.Engine,
                    new CompactionOptions { MinFiles = 2 },
                    TestContext.Current.CancellationToken
                );
        }

        Assert.Contains(ModelPlanKind.Incremental, kinds);
    }

    [Fact]
    public async Task A_compacted_input_is_followed_where_its_old_rows_can_be_told_and_else_all_is_computed()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("clicks", [Event("m0", "ann"), Event("m0", "bob")]);
        await lake.AddAsync("clicks", [Event("m1", "ann")]);
        await RunAsync(lake);
        var small = new CompactionOptions { MinFiles = 2 };
        await Compaction.RunAsync(lake.Lake, lake.Engine, small, TestContext.Current.CancellationToken);
        await lake.AddAsync("clicks", [Event("m2", "ann")]);
        await lake.AddAsync("conversions", [Event("m0", "ann")]);
        Assert.Equal(ModelPlanKind.Incremental, (await RunAsync(lake)).Kind);

        // Only what is summed: how it was does not matter.
        await lake.AddAsync("clicks", [Event("m2", "bob")]);
        await Compaction.RunAsync(lake.Lake, lake.Engine, small, TestContext.Current.CancellationToken);
        Assert.Equal(ModelPlanKind.Incremental, (await RunAsync(lake)).Kind);

        await lake.AddAsync("clicks", [Event("m2", "bob")]);
        await lake.AddAsync("conversions", [Event("m0", "bob")]);
        await Compaction.RunAsync(lake.Lake, lake.Engine, small, TestContext.Current.CancellationToken);
        Assert.Equal(ModelPlanKind.Full, (await RunAsync(lake)).Kind);
    }

    [Fact]
    public async Task Where_files_that_were_joined_are_gone_all_is_computed()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("clicks", [Event("m0", "ann"), Event("m0", "bob")]);
        await lake.AddAsync("conversions", [Event("m0", "ann")]);
        await RunAsync(lake);
        var before = lake
            .Lake.Table("levels")
            .Delta.Latest.Files.Values.Select(file => lake.Lake.Table("levels").AddressOf(file.Path))
            .ToList();
        await lake.AddAsync("conversions", [Event("m0", "bob")]);
        await lake.Runner(Catalog).RunAsync(lake.Lake, ["levels"], cancellation: TestContext.Current.CancellationToken);
        before.ForEach(File.Delete);
        var result = await RunAsync(lake);
        Assert.Equal(ModelPlanKind.Full, result.Kind);
        Assert.Contains("the log of levels cannot tell which rows changed", result.Reason, StringComparison.Ordinal);
    }

    /// <summary>Refreshes all models; the sums are those of the model that is computed whole.</summary>
    private static async Task<ModelResult> RunAsync(FactLake lake, long many = 20_000)
    {
        var options = new ModelRunnerOptions { ScratchDirectory = lake.Folder, JoinedKeysAtLeast = many };
        var results = await new ModelRunner(lake.Engine, Catalog, options).RunAsync(
            lake.Lake,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(await LinesAsync(lake, "whole", "select *"), await SumsAsync(lake));
        return results.Single(result => result.Model == "sums");
    }

    private static Task<List<string>> SumsAsync(FactLake lake) =>
        LinesAsync(
            lake,
            "sums",
            "select campaign_id, level, sum(clicks) as clicks, sum(impressions) as impressions, sum(requests) as requests",
            "group by campaign_id, level having sum(clicks) <> 0 or sum(impressions) <> 0 or sum(requests) <> 0"
        );

    /// <param name="lake">The lake.</param>
    /// <param name="table">One of the models.</param>
    /// <param name="select">What of its rows.</param>
    /// <param name="rest">What follows the table's name.</param>
    /// <param name="only">Of which of its files; null for all.</param>
    private static async Task<List<string>> LinesAsync(
        FactLake lake,
        string table,
        string select,
        string rest = "",
        Func<LakeFile, bool>? only = null
    )
    {
        var source = lake.Lake.Table(table);
        var files = source.FilesOf(await source.Delta.RefreshAsync()).Where(only ?? (_ => true));
        var set = Catalog.Set(table, table, files.Select(file => file.Address));
        var cells = set.Columns.Select(column => $"coalesce(cast({column.Name} as varchar), '')");
        using var result = await lake.Engine.ReadAsync(
            $"select {string.Join(" || ' | ' || ", cells)} as line from ({select} from {table} {rest}) as rows order by 1",
            [set],
            default
        );
        var lines = new List<string>();
        while (result.Read())
            lines.Add(result.GetString(0)!);
        return lines;
    }

    private Dictionary<string, string> Event(string campaign, string? user)
    {
        var fact = new Dictionary<string, string>
        {
            ["event_id"] = string.Create(CultureInfo.InvariantCulture, $"e{_events++}"),
            ["campaign_id"] = campaign,
            ["event_time"] = $"2024-03-0{1 + _events % 3} 10:00:00",
        };
        if (user is not null)
            fact["user_id"] = user;
        return fact;
    }
}
