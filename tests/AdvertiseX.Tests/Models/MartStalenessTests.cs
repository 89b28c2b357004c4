using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

public sealed class MartStalenessTests
{
    private const string Mart = "campaign_performance";

    private const string Input = """
        campaigns
        campaign_id | campaign_name
        shoes       | Shoes

        impressions
        event_id | event_time          | user_id | campaign_id
        i1       | 2024-03-03 10:00:00 | ann     | shoes
        """;

    [Fact(Explicit = true)]
    public async Task What_changed_is_named_until_a_run_and_no_data_file_is_read_for_it()
    {
        await using var lake = await FilledAsync();
        Assert.Equal(MartStaleness.None, await ReadAsync(lake));
        Assert.Null((await ReadAsync(lake)).Note);

        await AddClickAsync(lake, "c1");
        await DescribeAsync(lake, "Boots");
        foreach (var file in DataFiles(lake))
            File.Move(file, file + ".away");
        var stale = await ReadAsync(lake);
        foreach (var file in DataFiles(lake, ".away"))
            File.Move(file, file[..^".away".Length]);
        Assert.Equal(["clicks", "campaigns"], stale.Inputs);
        Assert.Equal("figures are behind: clicks and campaigns changed since (adx run)", stale.Note);

        await lake.RunAsync(Mart);
        Assert.False((await ReadAsync(lake)).IsStale);
    }

    [Fact]
    public async Task A_mart_is_behind_a_model_that_was_refreshed_without_it()
    {
        await using var lake = await FilledAsync();
        await AddClickAsync(lake, "c1");
        await lake.RunAsync("click_attribution");
        Assert.False((await ReadAsync(lake, "click_attribution")).IsStale);
        Assert.Contains("click_attribution", (await ReadAsync(lake)).Inputs);
        Assert.DoesNotContain("clicks", (await ReadAsync(lake)).Inputs);
    }

    [Fact]
    public async Task Another_limit_makes_other_models()
    {
        await using var lake = await FilledAsync();
        lake.Rules = new TrafficRules { MaxClicksPerMinute = 5 };
        var stale = await ReadAsync(lake);
        Assert.Empty(stale.Inputs);
        Assert.Contains("invalid_rates", stale.Models);
        Assert.StartsWith("figures are behind: the model ", stale.Note, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task Rows_that_only_moved_to_other_files_are_no_change()
    {
        await using var lake = await FilledAsync();
        await lake.AddAsync("impressions", [Event("i2")]);
        await lake.RunAsync(Mart);
        await Compaction.RunAsync(
            lake.Lake,
            lake.Engine,
            new CompactionOptions { MinFiles = 2 },
            TestContext.Current.CancellationToken
        );
        Assert.Single(lake.Lake.Table("impressions").Delta.Latest.Files);
        Assert.False((await ReadAsync(lake)).IsStale);
    }

    [Fact]
    public async Task A_table_that_no_model_made_is_never_behind()
    {
        await using var lake = await FilledAsync();
        await AddClickAsync(lake, "c1");
        Assert.False((await ReadAsync(lake, "clicks", "campaigns", "nowhere")).IsStale);
    }

    [Fact]
    public void Many_names_are_cut()
    {
        var stale = new MartStaleness(["clicks"], [.. Enumerable.Range(1, 9).Select(n => $"m{n}")]);
        Assert.Equal(
            "figures are behind: clicks, the model m1, the model m2, the model m3, the model m4 and 5 more changed since (adx run)",
            stale.Note
        );
        Assert.Equal("figures are behind: the model m1 changed since (adx run)", new MartStaleness([], ["m1"]).Note);
    }

    private static async Task<MartStaleness> ReadAsync(FactLake lake, params string[] tables) =>
        await MartStaleness.ReadAsync(
            lake.Lake,
            lake.Rules,
            tables.Length == 0 ? [Mart] : tables,
            TestContext.Current.CancellationToken
        );

    private static List<string> DataFiles(FactLake lake, string suffix = "") =>
        [
            .. Directory
                .EnumerateFiles(lake.Folder, $"part-*.parquet{suffix}", SearchOption.AllDirectories)
                .Where(file => file.EndsWith($".parquet{suffix}", StringComparison.Ordinal)),
        ];

    private static Task AddClickAsync(FactLake lake, string id) => lake.AddAsync("clicks", [Event(id)]);

    private static Dictionary<string, string> Event(string id) =>
        new()
        {
            ["event_id"] = id,
            ["event_time"] = "2024-03-03 11:00:00",
            ["user_id"] = "ann",
            ["campaign_id"] = "shoes",
        };

    private static Task DescribeAsync(FactLake lake, string name) =>
        lake.DescribeAsync(PipeTable.Parse($"campaigns\ncampaign_id | campaign_name\nshoes | {name}"));

    private static async Task<FactLake> FilledAsync()
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(Input);
        await lake.DescribeAsync([tables[0]]);
        await lake.AddAsync(tables[1].Name, tables[1].Records());
        await lake.RunAsync(Mart);
        return lake;
    }
}
