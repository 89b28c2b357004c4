using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Models;

/// <summary>Compaction adds up the rows of a cell, and no reader and no follower sees a change.</summary>
public sealed class SumFoldingTests
{
    private static readonly ModelCatalog Catalog = ModelCatalog.Shipped.With([
        ModelFile.Parse(
            "shown",
            """
            -- Impressions of a campaign by date.
            -- grain: event_date, campaign_id
            -- refresh: additive
            -- input: impressions
            -- column: event_date date
            -- column: campaign_id string
            -- column: impressions long
            -- column: cost_micros long
            -- check: not_null(impressions)
            select cast(event_time as date) as event_date, campaign_id, count(*) as impressions, sum(cost_micros) as cost_micros
            from impressions
            group by 1, 2
            """
        ),
        ModelFile.Parse(
            "shown_of_campaign",
            """
            -- The same of all dates.
            -- grain: campaign_id
            -- refresh: additive
            -- input: shown; columns campaign_id, impressions, cost_micros; summed
            -- column: campaign_id string
            -- column: impressions long
            -- column: cost_micros long
            select campaign_id, sum(impressions) as impressions, sum(cost_micros) as cost_micros
            from shown
            group by campaign_id
            """
        ),
    ]);

    private static readonly CompactionOptions Soon = new() { MinFiles = 2 };

    [Fact]
    public async Task Sums_that_all_have_read_become_a_row_a_cell()
    {
        await using var lake = await FilledAsync(runs: 5, "shown_of_campaign");
        var (shown, campaigns) = (await lake.RowsAsync("shown"), await lake.RowsAsync("shown_of_campaign"));
        Assert.Equal(["2024-03-01 | m0 | 5 | 35", "2024-03-01 | m1 | 5 | ", "2024-03-02 | m0 | 5 | 35"], shown);
        Assert.Equal(15, lake.Lake.Table("shown").Summary().Rows);

        var reports = await CompactAsync(lake);
        Assert.Equal(
            [("shown", 10, 2, 3), ("shown_of_campaign", 5, 1, 2)],
            reports.Select(report => (report.Table, report.Before, report.After, (int)report.Rows))
        );
        Assert.Equal(shown, await lake.RowsAsync("shown"));
        Assert.Equal(campaigns, await lake.RowsAsync("shown_of_campaign"));
        Assert.False(
            (await MartStaleness.ReadAsync(lake.Lake, lake.Rules, ["shown_of_campaign"], default, Catalog)).IsStale
        );
        Assert.Equal(
            [ModelPlanKind.NoteOnly, ModelPlanKind.NoteOnly],
            (await lake.RunAsync("shown_of_campaign")).Select(result => result.Kind)
        );

        await AddAsync(lake);
        Assert.All(
            await lake.RunAsync("shown_of_campaign"),
            result => Assert.Equal(ModelPlanKind.Incremental, result.Kind)
        );
        Assert.Equal(["m0 | 12 | 84", "m1 | 6 | "], await lake.RowsAsync("shown_of_campaign"));
        await lake.Runner().RunAsync(lake.Lake, ["shown_of_campaign"], full: true);
        Assert.Equal(["m0 | 12 | 84", "m1 | 6 | "], await lake.RowsAsync("shown_of_campaign"));
    }

    [Fact]
    public async Task Sums_that_a_follower_has_not_read_keep_their_rows()
    {
        await using var lake = await FilledAsync(runs: 2, "shown_of_campaign");
        for (var run = 0; run < 3; run++)
        {
            await AddAsync(lake);
            await lake.RunAsync("shown");
        }
        await CompactAsync(lake);
        Assert.Equal((2, 15), (lake.Lake.Table("shown").Summary().Files, lake.Lake.Table("shown").Summary().Rows));
        Assert.Equal(ModelPlanKind.Incremental, (await lake.RunAsync("shown_of_campaign"))[^1].Kind);
        Assert.Equal(["m0 | 10 | 70", "m1 | 5 | "], await lake.RowsAsync("shown_of_campaign"));

        // Once it has, the next merge folds them.
        await AddAsync(lake);
        await lake.RunAsync("shown_of_campaign");
        await CompactAsync(lake);
        Assert.Equal((2, 3), (lake.Lake.Table("shown").Summary().Files, lake.Lake.Table("shown").Summary().Rows));
        Assert.Equal(["m0 | 12 | 84", "m1 | 6 | "], await lake.RowsAsync("shown_of_campaign"));
    }

    [Fact]
    public async Task Sums_beyond_64_bits_keep_their_rows()
    {
        await using var lake = await FilledAsync(runs: 0);
        // Each is within, and so is no table said to be beyond: only both together are not.
        for (var run = 0; run < 2; run++)
        {
            await lake.AddAsync("impressions", [Impression("m0", 1, "9000000000000000000")]);
            await lake.RunAsync("shown");
        }
        await CompactAsync(lake);
        Assert.Equal((1, 2), (lake.Lake.Table("shown").Summary().Files, lake.Lake.Table("shown").Summary().Rows));
        Assert.Equal(["2024-03-01 | m0 | 2 | 18000000000000000000"], await lake.RowsAsync("shown"));

        await lake.AddAsync(
            "impressions",
            [Impression("m0", 1, "9000000000000000000"), Impression("m0", 1, "9000000000000000000")]
        );
        Assert.NotEmpty((await lake.RunAsync("shown")).Single().Warnings);
        var table = lake.Lake.Table("shown");
        Assert.Null(await new SumFolding(lake.Lake, Catalog, lake.Rules).OfAsync(table, table.Delta.Latest, default));
    }

    [Fact]
    public async Task A_run_whose_files_are_deleted_under_it_begins_anew()
    {
        await using var lake = await FilledAsync(runs: 2, "shown");
        await AddAsync(lake);
        var isFirst = true;
        var engine = new LateEngine(
            lake.Engine,
            async () =>
            {
                if (!isFirst)
                    return;
                isFirst = false;
                var table = lake.Lake.Table("impressions");
                var files = table.FilesOf(table.Delta.Latest);
                await Compaction.RunAsync(lake.Lake, table, lake.Engine, Soon);
                foreach (var file in files)
                    await lake.Lake.Store.DeleteAsync(file.Key);
            }
        );
        var runner = new ModelRunner(
            engine,
            Catalog,
            new ModelRunnerOptions { ScratchDirectory = lake.Folder, TrafficRules = lake.Rules }
        );
        var result = Assert.Single(await runner.RunAsync(lake.Lake, ["shown"]));
        Assert.Equal((ModelOutcome.Refreshed, ModelPlanKind.Full), (result.Outcome, result.Kind));
        Assert.Equal(
            ["2024-03-01 | m0 | 3 | 21", "2024-03-01 | m1 | 3 | ", "2024-03-02 | m0 | 3 | 21"],
            await lake.RowsAsync("shown")
        );

        // A file that the lake still names is lost: no plan does without it.
        await AddAsync(lake);
        foreach (var file in lake.Lake.Table("impressions").Delta.Latest.Files.Keys)
            await lake.Lake.Store.DeleteAsync(lake.Lake.Table("impressions").KeyOf(file));
        var told = await Assert.ThrowsAsync<QueryException>(() => runner.RunAsync(lake.Lake, ["shown"]));
        Assert.Equal(QueryFailure.FileGone, told.Failure);
    }

    private static async Task<IReadOnlyList<CompactionReport>> CompactAsync(FactLake lake)
    {
        var reports = await Compaction.RunAsync(
            lake.Lake,
            lake.Engine,
            Soon,
            new SumFolding(lake.Lake, Catalog, lake.Rules).OfAsync
        );
        return [.. reports.Where(report => report.Table.StartsWith("shown", StringComparison.Ordinal))];
    }

    private static async Task<FactLake> FilledAsync(int runs, params string[] models)
    {
        var lake = await FactLake.CreateAsync();
        lake.Catalog = Catalog;
        for (var run = 0; run < runs; run++)
        {
            await AddAsync(lake);
            await lake.RunAsync(models);
        }
        return lake;
    }

    private static Task AddAsync(FactLake lake) =>
        lake.AddAsync("impressions", [Impression("m0", 1, "7"), Impression("m1", 1), Impression("m0", 2, "7")]);

    private static Dictionary<string, string> Impression(string campaign, int day, string? cost = null)
    {
        var row = new Dictionary<string, string>
        {
            ["event_id"] = Guid.NewGuid().ToString("N"),
            ["event_time"] = $"2024-03-0{day} 10:00:00",
            ["campaign_id"] = campaign,
        };
        if (cost is not null)
            row["cost_micros"] = cost;
        return row;
    }
}
