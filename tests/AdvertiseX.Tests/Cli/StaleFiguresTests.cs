using System.Text.Json;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Cli;

/// <summary>What commands say of figures that are behind, and which descriptions stand beside them.</summary>
public sealed class StaleFiguresTests
{
    private const string Behind = "figures are behind: clicks and campaigns changed since (adx run)";

    private const string Input = """
        campaigns
        campaign_id | campaign_name | time_zone     | currency
        shoes       | Shoes         | Europe/Berlin | EUR

        impressions
        event_id | event_time          | user_id | campaign_id | cost_micros
        i1       | 2024-03-10 09:30:00 | ann     | shoes       | 1000

        clicks
        event_id | event_time          | user_id | campaign_id
        c1       | 2024-03-10 10:00:00 | ann     | shoes

        conversions
        event_id | event_time          | user_id | campaign_id | conversion_type | revenue_micros
        v1       | 2024-03-10 10:30:00 | ann     | shoes       | purchase        | 1000000
        """;

    [Fact(Explicit = true)]
    public async Task Every_command_that_shows_figures_says_what_changed_since_and_nothing_when_they_are_fresh()
    {
        await using var lake = await FilledAsync();
        string[] reports =
        [
            .. new[] { "campaigns", "creatives", "sites", "devices", "geo", "segments", "funnel" }.Select(name =>
                $"report {name}"
            ),
            "query",
        ];
        foreach (var command in reports)
            Assert.Equal("", (await RunAsync(lake, command)).Error);

        await ChangeAsync(lake);
        foreach (var command in reports)
        {
            var (code, _, error) = await RunAsync(lake, command);
            Assert.Equal(0, code);
            Assert.Equal($"adx {command.Split(' ')[0]}: {Behind}\n", error);
        }

        Assert.Equal(
            "adx report: figures are behind: clicks and campaigns changed since (adx run)\n",
            (await RunAsync(lake, "report auctions")).Error
        );
        Assert.Equal(
            "",
            (await RunAsync(lake, "query", "select 'geo' as \"a\" from clicks /* funnel */ -- segments")).Error
        );
        foreach (
            var sql in (string[])
                [
                    "select $$'$$, * from campaign_performance",
                    @"select e'\'', campaign_id from campaign_performance",
                    "select 1 /* /* */ ' */ , 'a' from \"Campaign_Performance\"",
                    "explain select * from campaign_performance",
                ]
        )
            Assert.Equal($"adx query: {Behind}\n", (await RunAsync(lake, "query", sql)).Error);
    }

    [Fact(Explicit = true)]
    public async Task Explain_and_what_if_have_the_names_in_their_json_too()
    {
        await using var lake = await FilledAsync();
        string[] cell =
        [
            "explain",
            "cell",
            "campaigns",
            "--campaign",
            "shoes",
            "--date",
            "2024-03-10",
            "--metric",
            "clicks",
            "--json",
        ];
        Assert.Equal("", (await RunAsync(lake, cell)).Error);
        await ChangeAsync(lake);
        foreach (
            var command in (string[][])
                [cell, ["explain", "conversion", "v1", "--json"], ["what-if", "--click-window", "1d", "--json"]]
        )
        {
            var (code, output, error) = await RunAsync(lake, command);
            Assert.Equal(0, code);
            Assert.StartsWith($"adx {command[0]}: {Behind}", error, StringComparison.Ordinal);
            using var json = JsonDocument.Parse(output);
            Assert.Equal(
                ["clicks", "campaigns"],
                json.RootElement.GetProperty("stale_inputs").EnumerateArray().Select(name => name.GetString())
            );
        }
    }

    [Fact(Explicit = true)]
    public async Task Names_currencies_and_days_are_those_that_the_sums_were_made_with()
    {
        await using var lake = await FilledAsync();
        await ChangeAsync(lake);
        // The new description says that the campaign is Boots in USD.
        Assert.Equal("shoes,Shoes,2024-03-10,EUR,1", await FirstRowAsync(lake, "shoes"));
        // People may call it by its new name at once.
        Assert.Equal("shoes,Shoes,2024-03-10,EUR,1", await FirstRowAsync(lake, "Boots"));
        await lake.RunAsync();
        Assert.Equal("shoes,Boots,2024-03-10,USD,1", await FirstRowAsync(lake, "shoes"));
    }

    [Fact(Explicit = true)]
    public async Task Where_the_descriptions_of_the_sums_are_deleted_that_is_said()
    {
        await using var lake = await FilledAsync();
        var old = Directory.GetFiles(Path.Combine(lake.Folder, "lake", "campaigns"), "*.parquet");
        await ChangeAsync(lake);
        foreach (var file in old)
            File.Delete(file);
        Assert.StartsWith("shoes,Boots,", await FirstRowAsync(lake, "shoes"), StringComparison.Ordinal);
        Assert.Equal(
            $"adx report: {Behind}\nadx report: the campaigns that the figures were made from are deleted; shown are the newest (adx run)\n",
            (await RunAsync(lake, "report campaigns")).Error
        );
    }

    [Fact(Explicit = true)]
    public async Task Loading_descriptions_refreshes_the_models_unless_they_are_to_stay()
    {
        await using var lake = await FilledAsync();
        var file = Path.Combine(lake.Folder, "new.csv");
        await File.WriteAllTextAsync(
            file,
            "campaign_id,name,currency\nshoes,Boots,USD\n",
            TestContext.Current.CancellationToken
        );
        var (code, output, _) = await RunAsync(lake, "reference", "load", file, "--no-models");
        Assert.Equal(0, code);
        Assert.DoesNotContain("refreshed", output, StringComparison.Ordinal);
        Assert.StartsWith("shoes,Shoes,", await FirstRowAsync(lake, "shoes"), StringComparison.Ordinal);

        (code, output, _) = await RunAsync(lake, "reference", "load", file);
        Assert.Equal(0, code);
        Assert.Matches(@"campaigns +1  the same as before\nrefreshed \d+ of \d+ models in ", output);
        Assert.StartsWith("shoes,Boots,", await FirstRowAsync(lake, "shoes"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "campaign_id,name\n", TestContext.Current.CancellationToken);
        (code, output, _) = await RunAsync(lake, "reference", "load", file, "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(0, json.RootElement.GetProperty("tables")[0].GetProperty("rows").GetInt32());
        Assert.Contains(
            json.RootElement.GetProperty("models").EnumerateArray(),
            model =>
                model.GetProperty("model").GetString() == "campaign_performance"
                && model.GetProperty("outcome").GetString() == "refreshed"
        );
        Assert.StartsWith("shoes,,", await FirstRowAsync(lake, "shoes"), StringComparison.Ordinal);
        (_, output, _) = await RunAsync(lake, "reference", "load", file, "--no-models");
        Assert.Contains("the same as before", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_facts_there_is_nothing_to_refresh()
    {
        await using var lake = await FactLake.CreateAsync();
        var file = Path.Combine(lake.Folder, "new.csv");
        await File.WriteAllTextAsync(file, "site_id,domain\n", TestContext.Current.CancellationToken);
        var (code, output, _) = await RunAsync(lake, "reference", "load", file);
        Assert.Equal(0, code);
        Assert.Contains("sites     0  empty now: its files have a header alone\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("refreshed", output, StringComparison.Ordinal);
    }

    private static async Task<string> FirstRowAsync(FactLake lake, string campaign)
    {
        var (code, output, error) = await RunAsync(
            lake,
            "report",
            "campaigns",
            "--by",
            "day",
            "--format",
            "csv",
            "--campaign",
            campaign
        );
        Assert.True(code == 0, error);
        return string.Join(',', output.Split('\n')[1].Split(',').Take(5));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(FactLake lake, string command) =>
        command == "query"
            ? RunAsync(lake, "query", "select count(*) from campaign_performance")
            : RunAsync(lake, command.Split(' '));

    private static Task<(int Code, string Output, string Error)> RunAsync(FactLake lake, params string[] command) =>
        CliRun.RunAsync([.. command, "--lake", Path.Combine(lake.Folder, "lake")]);

    private static async Task ChangeAsync(FactLake lake)
    {
        await lake.DescribeAsync(
            PipeTable.Parse(
                """
                campaigns
                campaign_id | campaign_name | time_zone     | currency
                shoes       | Boots         | Europe/Berlin | USD
                """
            )
        );
        await lake.AddAsync(
            "clicks",
            [
                new()
                {
                    ["event_id"] = "c2",
                    ["event_time"] = "2024-03-10 10:10:00",
                    ["user_id"] = "ann",
                    ["campaign_id"] = "shoes",
                },
            ]
        );
    }

    private static async Task<FactLake> FilledAsync()
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(Input);
        await lake.DescribeAsync([tables[0]]);
        foreach (var table in tables.Skip(1))
            await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync();
        return lake;
    }
}
