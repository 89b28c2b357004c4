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
    [InlineData("registry")]
    [InlineData("registry serve --listen 8081")]
    [InlineData("registry serve --listen localhost:http")]
    [InlineData("stream --brokers localhost:9 --registry ftp://localhost")]
    [InlineData("produce x --brokers localhost:9 --registry http://ann:secret@localhost:8081")]
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
    [InlineData("produce x --brokers localhost:9 --rate abc", "--rate is \"abc\"; allowed: a number")]
    [InlineData(
        "topics create --brokers localhost:9 --replication two",
        "--replication is \"two\"; allowed: a whole number"
    )]
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

    [Theory]
    [InlineData("ingest")]
    [InlineData("ingest --dry-run")]
    public async Task What_a_file_holds_does_not_steer_the_terminal(string command)
    {
        const string Steering = "\u001b[31m\u202e";
        _folder.Write($"{Steering}.csv", $"{Steering}article,price\n1,2\n");
        _folder.Write($"{Steering}.txt", $"{Steering} prices\n");
        File.WriteAllBytes(
            _folder.At("codec.avro"),
            [.. "Obj\u0001\u0002\u0014avro.codec\u0010\u001b[31mred\0"u8, .. new byte[16]]
        );
        foreach (var path in Directory.GetFiles(_folder.Path).Append(_folder.Path))
        {
            var (_, output, error) = await CliRun.RunAsync([.. command.Split(' '), path, "--lake", _folder.At("lake")]);

            Assert.DoesNotContain('\u001b', output + error);
            Assert.DoesNotContain('\u202e', output + error);
            Assert.NotEqual("", error + output);
        }
    }

    [Theory]
    [InlineData("--lake", "")]
    [InlineData("--lake", "  ")]
    [InlineData("ADX_LAKE", "")]
    [InlineData("lake.path", " ")]
    public async Task A_lake_without_a_name_ends_with_2(string name, string folder)
    {
        string[] words = name switch
        {
            "--lake" => ["--lake", folder],
            "lake.path" => ["--config", _folder.Write("adx.json", $"{{\"lake\":{{\"path\":\"{folder}\"}}}}")],
            _ => [],
        };
        var (code, output, error) = await CliRun.RunAsync(
            ["lake", "tables", .. words],
            name == "ADX_LAKE" ? new() { [name] = folder } : []
        );

        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.EndsWith($"{name} is \"{folder}\"; allowed: a folder\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lake_that_is_no_folder_and_a_feed_that_is_no_file_are_told()
    {
        var file = _folder.Write("file", "x");
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("nowhere"));
        foreach (var lake in new[] { file, _folder.At("link") })
        {
            var (code, _, error) = await CliRun.RunAsync("lake", "tables", "--lake", lake);

            Assert.Equal(1, code);
            Assert.Contains("is not a folder", error, StringComparison.Ordinal);
            AssertClear(error);
        }

        var (feed, _, said) = await CliRun.RunAsync("ingest", _folder.At("link"), "--lake", _folder.At("lake"));

        Assert.Equal(1, feed);
        Assert.Contains(
            $"a symbolic link to {_folder.At("nowhere")}, which is not there",
            said,
            StringComparison.Ordinal
        );
        AssertClear(said);
    }

    [Fact]
    public async Task A_pipe_and_a_device_are_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo and /dev");
        using (var made = System.Diagnostics.Process.Start("mkfifo", _folder.At("pipe.json")))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (var path in new[] { _folder.At("pipe.json"), "/dev/zero" })
        {
            var (code, _, error) = await CliRun.RunAsync("ingest", path, "--lake", _folder.At("lake"));

            Assert.Equal(1, code);
            Assert.Contains($"{path}: not a regular file", error, StringComparison.Ordinal);
            AssertClear(error);
        }

        var (_, plan, _) = await CliRun.RunAsync("ingest", _folder.Path, "--dry-run", "--lake", _folder.At("lake"));
        Assert.Contains("pipe.json: not a regular file", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_links_to_itself_is_read_once()
    {
        var feeds = Directory.CreateDirectory(_folder.At("feeds")).FullName;
        var inner = Directory.CreateDirectory(Path.Combine(feeds, "inner")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(inner, "a.json"),
            """{"impression_id":"a","timestamp":"2024-03-01T10:00:00Z","user_id":"u","creative_id":"r"}""" + "\n",
            TestContext.Current.CancellationToken
        );
        Directory.CreateSymbolicLink(Path.Combine(inner, "back"), feeds);
        Directory.CreateSymbolicLink(_folder.At("entry"), feeds);
        foreach (var path in new[] { feeds, _folder.At("entry") })
        {
            var (code, plan, _) = await CliRun.RunAsync("ingest", path, "--dry-run", "--lake", _folder.At("lake"));

            Assert.Equal(0, code);
            Assert.Single(plan.Split('\n'), line => line.Contains("a.json", StringComparison.Ordinal));
        }
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
