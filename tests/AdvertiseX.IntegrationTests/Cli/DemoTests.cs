using System.Text.Json;
using AdvertiseX.Engines;
using AdvertiseX.IntegrationTests.Lake;
using AdvertiseX.Lake;
using AdvertiseX.Tests.Models.Naive;

namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>The demo holds against its truth, and says so when something does not.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-demo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_demo_holds_and_can_be_run_again()
    {
        var output = "";
        foreach (var seed in new[] { "1", "2" })
        {
            var demo = await AdxProcess.RunAsync(_folder.FullName, "demo", "--impressions", "20000", "--seed", seed);

            Assert.True(demo.Code == 0, demo.Error + demo.Output);
            Assert.DoesNotContain("✗", demo.Output, StringComparison.Ordinal);
            Assert.Contains("All of it holds", demo.Output, StringComparison.Ordinal);
            Assert.Contains("cmp-0000", demo.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001b", demo.Output, StringComparison.Ordinal);
            output = demo.Output;
        }

        await NextCommandsWorkAsync(output);
    }

    /// <summary>
    /// A million impressions with dirt: every rejected line by place and reason, every click's impression, every
    /// conversion's last touch and every campaign day equal the truth, every stored answer equals a naive statement of
    /// it, and chDB agrees with us on every table of that lake.
    /// </summary>
    [Fact]
    public async Task A_million_impressions_equal_their_truth_and_a_foreign_reader_agrees()
    {
        var demo = await AdxProcess.RunAsync(_folder.FullName, "demo", "--impressions", "1000000", "--seed", "7");

        Assert.True(demo.Code == 0, demo.Error + demo.Output);
        Assert.DoesNotContain("✗", demo.Output, StringComparison.Ordinal);
        Assert.Contains("All of it holds", demo.Output, StringComparison.Ordinal);
        var folder = Path.Combine(_folder.FullName, "demo", "lake");
        using var lake = await DataLake.OpenAsync(folder);
        await ForeignComparison.AgreeAsync(lake, folder);
        using var engine = new DuckDbEngine();
        await NaiveComparison.AgreeAsync(engine, lake);
    }

    [Fact]
    public async Task A_folder_that_no_demo_made_is_left_alone()
    {
        var kept = Path.Combine(_folder.FullName, "demo", "thesis.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        File.WriteAllText(kept, "years of work");

        var demo = await AdxProcess.RunAsync(_folder.FullName, "demo", "--impressions", "1000");

        Assert.Equal(1, demo.Code);
        Assert.Contains("no demo made it", demo.Error, StringComparison.Ordinal);
        Assert.Equal("years of work", File.ReadAllText(kept));
    }

    [Fact]
    public async Task The_json_of_the_demo_has_every_comparison()
    {
        var demo = await AdxProcess.RunAsync(_folder.FullName, "demo", "--impressions", "5000", "--json");

        using var result = JsonDocument.Parse(demo.Output);
        Assert.True(result.RootElement.GetProperty("holds").GetBoolean());
        Assert.All(
            result.RootElement.GetProperty("truth").EnumerateArray(),
            finding =>
            {
                Assert.True(finding.GetProperty("expected").GetInt64() > 0);
                Assert.True(finding.GetProperty("holds").GetBoolean());
            }
        );
    }

    [Fact]
    public async Task A_demo_takes_sizes_from_a_configuration_and_judges_by_its_own_rules()
    {
        var config = Path.Combine(_folder.FullName, "adx.json");
        File.WriteAllText(
            config,
            """
            {
              "lake": { "path": "elsewhere" },
              "ingest": { "commit_unit_bytes": 1048576, "block_bytes": 65536, "max_record_bytes": 1024, "max_text_bytes": 10, "duplicate_lookback_days": 0, "earliest_event": "2100-01-01" },
              "invalid_traffic": { "max_impressions_per_minute": 1, "max_clicks_per_minute": 1 },
              "matching": { "user_only": true }
            }
            """
        );

        var demo = await AdxProcess.RunAsync(
            _folder.FullName,
            "demo",
            "--impressions",
            "5000",
            "--json",
            "--config",
            config
        );

        Assert.True(demo.Code == 0, demo.Error + demo.Output);
        using var result = JsonDocument.Parse(demo.Output);
        Assert.True(result.RootElement.GetProperty("ingest").GetProperty("commits").GetInt32() > 2);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "elsewhere")));
    }

    private async Task NextCommandsWorkAsync(string output)
    {
        string[] commands =
        [
            .. output[output.IndexOf("Try next:", StringComparison.Ordinal)..]
                .Split('\n')
                .Skip(1)
                .Where(line => line.Length > 0),
        ];
        Assert.Equal(3, commands.Length);
        foreach (var command in commands)
        {
            var result = await AdxProcess.ShellAsync(_folder.FullName, command);
            Assert.True(result.Code == 0, result.Error);
            Assert.True(result.Output.Split('\n').Length > 3);
        }
    }
}
