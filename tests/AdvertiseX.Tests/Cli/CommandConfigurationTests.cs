using AdvertiseX.Cli;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Cli;

/// <summary>What a configuration file does to each command.</summary>
public sealed class CommandConfigurationTests : IDisposable
{
    // They open no lake and read no feed.
    private static readonly string[] WithoutSettings = ["contract show", "generate", "completion"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Lines =>
        [
            .. CommandTreeTests
                .All()
                .Where(each => each.Command.Subcommands.Count == 0 && !WithoutSettings.Contains(each.Path))
                .SelectMany(each => ((AdxCommand)each.Command).Examples)
                .Select(example => example.CommandLine),
        ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_wrong_configuration_ends_a_command_before_it_does_anything(string line)
    {
        var config = _folder.Write("adx.json", """{"engine": {"memory": 64}}""");
        string[] words = [.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line).Skip(1)];

        foreach (
            var (code, output, error) in new[]
            {
                await CliRun.RunAsync([.. words, "--config", config]),
                await CliRun.RunAsync(["--config", config, .. words]),
                await CliRun.RunAsync(words, new() { ["ADX_CONFIG"] = config }),
            }
        )
        {
            Assert.Equal(2, code);
            Assert.Equal("", output);
            Assert.Equal($"adx: {config}: unknown key 'engine.memory'; did you mean 'engine.memory_mib'?\n", error);
        }
    }

    [Theory]
    [InlineData("completion bash")]
    [InlineData("contract show impressions")]
    [InlineData("generate --out OUT --impressions 10 --days 1 --json")]
    [InlineData("--version")]
    [InlineData("report campaigns --help")]
    public async Task A_command_that_uses_no_setting_does_not_look_at_the_file(string line)
    {
        var words = line.Replace("OUT", _folder.At("feeds"), StringComparison.Ordinal).Split(' ');

        var (code, _, error) = await CliRun.RunAsync(words, new() { ["ADX_CONFIG"] = _folder.At("nowhere.json") });

        Assert.Equal("", error);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task A_configuration_of_the_command_line_beats_that_of_the_environment()
    {
        var config = Lake("here");

        var (code, _, error) = await CliRun.RunAsync(
            ["lake", "tables", "--config", config],
            new() { ["ADX_CONFIG"] = _folder.At("nowhere.json") }
        );

        Assert.Equal(1, code);
        Assert.Contains("here", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_of_the_lake_comes_from_the_command_line_the_environment_or_the_configuration_in_this_order()
    {
        var config = Lake("configured");
        var variables = new Dictionary<string, string> { ["ADX_CONFIG"] = config };

        Assert.Contains(
            "configured is no lake",
            (await CliRun.RunAsync(["lake", "tables"], variables)).Error,
            StringComparison.Ordinal
        );
        variables["ADX_LAKE"] = _folder.At("of-environment");
        Assert.Contains(
            "of-environment is no lake",
            (await CliRun.RunAsync(["lake", "tables"], variables)).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "given is no lake",
            (await CliRun.RunAsync(["lake", "tables", "--lake", _folder.At("given")], variables)).Error,
            StringComparison.Ordinal
        );
        Assert.Contains("./lake is no lake", (await CliRun.RunAsync("lake", "tables")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ingest_goes_to_the_lake_of_the_configuration()
    {
        var feed = _folder.Write(
            "impressions.json",
            """{"impression_id":"a","timestamp":"2024-03-01T10:00:00Z","user_id":"u","campaign_id":"c","creative_id":"r"}"""
                + "\n"
        );
        var config = Lake("configured");

        var (code, output, error) = await CliRun.RunAsync(
            "ingest",
            feed,
            "--feed",
            "impressions",
            "--no-models",
            "--config",
            config
        );

        Assert.True(code == 0, error);
        Assert.Contains($"{_folder.At("configured")} is at ledger version 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_has_the_memory_and_threads_of_the_configuration()
    {
        await using var lake = await FactLake.CreateAsync();
        var config = _folder.Write("adx.json", """{"engine": {"memory_mib": 128, "threads": 1}}""");
        string[] query =
        [
            "query",
            "select current_setting('memory_limit') as memory, current_setting('threads') as threads",
            "--format",
            "csv",
            "--lake",
            Path.Combine(lake.Folder, "lake"),
            "--config",
            config,
        ];

        Assert.Equal("memory,threads\n128.0 MiB,1\n", (await CliRun.RunAsync(query)).Output.ReplaceLineEndings("\n"));
        Assert.Equal(
            "memory,threads\n64.0 MiB,1\n",
            (await CliRun.RunAsync([.. query, "--memory", "64"])).Output.ReplaceLineEndings("\n")
        );
    }

    private string Lake(string name) => _folder.Write("adx.json", $$"""{"lake": {"path": "{{_folder.At(name)}}"} }""");
}
