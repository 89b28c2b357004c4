namespace AdvertiseX.Tests.Cli;

/// <summary>What a wrong command line, a missing thing and a wrong SQL come to: one clear line and a stable exit
/// code.</summary>
public sealed class ExitCodeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bogus")]
    [InlineData("ingest")]
    [InlineData("ingest --bogus")]
    [InlineData("query --bogus")]
    [InlineData("query SELECT 1")]
    [InlineData("query")]
    [InlineData("query 1 --format xml")]
    [InlineData("query 1 --json --format csv")]
    [InlineData("query 1 --format parquet")]
    [InlineData("query 1 --timeout 0")]
    [InlineData("query 1 --memory 3")]
    [InlineData("generate")]
    [InlineData("generate --out x --impressions 0")]
    [InlineData("generate --out x --impressions many")]
    [InlineData("generate --out x --dirt dust=1")]
    [InlineData("generate --out x --start 2024-13-01")]
    [InlineData("ingest x --feed clicks")]
    [InlineData("ingest x --max-rejects -1")]
    [InlineData("ingest x --config nowhere.json")]
    [InlineData("ingest x --contract nowhere.json")]
    [InlineData("report sites --by hour")]
    [InlineData("report campaigns --by minute")]
    [InlineData("report campaigns --net --gross")]
    [InlineData("report campaigns --by day --pacing")]
    [InlineData("report campaigns --model best")]
    [InlineData("report campaigns --from 2024-03-02 --to 2024-03-01")]
    [InlineData("report campaigns --from 02.03.2024")]
    [InlineData("report campaigns --to last-week")]
    [InlineData("report campaigns --range 2024-03-02")]
    [InlineData("report campaigns --range last-week --to 2024-03-01")]
    [InlineData("generate --out x --start 2024-03")]
    [InlineData("restatements --from 2024-03-02 --to 2024-03-01")]
    [InlineData("restatements --since 02.03.2024")]
    [InlineData("restatements --since 12:30")]
    [InlineData("explain")]
    [InlineData("explain conversion")]
    [InlineData("explain cell campaigns --campaign c --date 2024-03-01")]
    [InlineData("explain cell campaigns --campaign c --date 2024-03-01 --metric joy")]
    [InlineData("explain cell campaigns --campaign c --date 2024-03 --metric roas")]
    [InlineData("what-if")]
    [InlineData("what-if --click-window 7")]
    [InlineData("what-if --view-window -1h")]
    [InlineData("what-if --match-window 91d")]
    [InlineData("what-if --view-window 0 --model guess")]
    [InlineData("what-if --view-window 0 --by week")]
    [InlineData("what-if --view-window 0 --from 2024-03-02 --to 2024-03-01")]
    [InlineData("rejects list --reason bad_weather")]
    [InlineData("rejects list --limit 0")]
    [InlineData("lake")]
    [InlineData("lake history")]
    [InlineData("lake compact --min-files 1")]
    [InlineData("lake vacuum --retain-hours 1000")]
    [InlineData("completion tcsh")]
    [InlineData("demo --impressions 3")]
    public async Task A_wrong_command_line_ends_with_2(string line)
    {
        var (code, output, error) = await CliRun.RunAsync(line.Split(' '));

        Assert.Equal(2, code);
        Assert.Equal("", output);
        AssertClear(error);
    }

    [Theory]
    [InlineData(
        "report sites --by week --from 2024-03-02 --to 2024-03-01",
        "--from 2024-03-02 is after --to 2024-03-01"
    )]
    [InlineData("report campaigns --from 2024-03 --to 2024-02", "--from 2024-03-01 is after --to 2024-02-29")]
    [InlineData("report campaigns --by day --pacing", "--pacing is there for campaigns in total only")]
    public async Task Options_of_a_report_are_named_as_they_were_typed(string line, string said)
    {
        var (_, _, error) = await CliRun.RunAsync(line.Split(' '));

        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_command_line_shows_help_on_standard_error()
    {
        var (code, output, error) = await CliRun.RunAsync();

        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains("Commands:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ingest", "no such file or folder")]
    [InlineData("contract infer", "no such file")]
    [InlineData("lake tables --lake", "is no lake")]
    [InlineData("lake verify --lake", "is no lake")]
    [InlineData("query 1 --lake", "is no lake")]
    [InlineData("report campaigns --lake", "is no lake")]
    [InlineData("explain conversion v1 --lake", "is no lake")]
    [InlineData("explain cell campaigns --campaign c --date 2024-03-01 --metric roas --lake", "is no lake")]
    [InlineData("what-if --view-window 0 --lake", "is no lake")]
    [InlineData("run --lake", "is no lake")]
    [InlineData("rejects list --lake", "is no lake")]
    [InlineData("lake compact --lake", "is no lake")]
    [InlineData("lake vacuum --lake", "is no lake")]
    public async Task A_missing_thing_ends_with_1(string line, string reason)
    {
        var (code, output, error) = await CliRun.RunAsync([.. line.Split(' '), _folder.At("nowhere")]);

        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        AssertClear(error);
        Assert.False(Directory.Exists(_folder.At("nowhere")));
    }

    [Fact]
    public async Task A_file_of_no_feed_is_told_what_is_known()
    {
        var file = _folder.Write("prices.csv", "article,price\n1,2\n");

        var (code, _, error) = await CliRun.RunAsync("ingest", file, "--lake", _folder.At("lake"));

        Assert.Equal(1, code);
        Assert.Contains("article, price", error, StringComparison.Ordinal);
        Assert.Contains("impressions", error, StringComparison.Ordinal);
        AssertClear(error);
    }

    [Fact]
    public async Task A_full_disk_and_a_folder_as_output_are_told()
    {
        var (code, _, error) = await CliRun.RunAsync(
            "query",
            "SELECT 1",
            "--lake",
            _folder.Path,
            "--output",
            _folder.Path
        );

        Assert.Equal(1, code);
        AssertClear(error);
    }

    [Fact]
    public async Task A_stack_trace_is_shown_only_on_demand()
    {
        var (_, _, error) = await CliRun.RunAsync(
            ["lake", "tables", "--lake", _folder.At("no")],
            new() { ["ADX_DEBUG"] = "1" }
        );

        Assert.Contains("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lake_may_come_from_the_environment()
    {
        var (code, _, error) = await CliRun.RunAsync(
            ["lake", "tables"],
            new() { ["ADX_LAKE"] = _folder.At("elsewhere") }
        );

        Assert.Equal(1, code);
        Assert.Contains("elsewhere", error, StringComparison.Ordinal);
    }

    private static void AssertClear(string error)
    {
        Assert.StartsWith("adx: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
        // The complaint, and where help is.
        Assert.InRange(error.TrimEnd('\n').Split('\n').Length, 1, 2);
    }
}
