using System.Text.Json;

namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>The built program, from outside: streams, exit codes, signals, hostile SQL.</summary>
public sealed class ProgramTests(SmallLake lake) : IClassFixture<SmallLake>
{
    private static readonly string[] Kinds = ["impressions", "clicks", "conversions", "bid_requests"];

    [Fact]
    public void Ingest_json_has_the_numbers_of_every_feed_and_they_add_up()
    {
        using var truth = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(lake.Folder, "feeds", "truth", "totals.json"))
        );
        foreach (var kind in Kinds)
        {
            var counts = lake.Ingested.RootElement.GetProperty(kind);
            long Of(string name) => counts.GetProperty(name).GetInt64();
            Assert.Equal(Of("received"), Of("accepted") + Of("duplicate") + Of("rejected") + Of("filtered"));
            Assert.Equal(
                Of("rejected"),
                counts.GetProperty("reasons").EnumerateObject().Sum(reason => reason.Value.GetInt64())
            );
            foreach (var name in new[] { "received", "accepted", "duplicate", "rejected", "filtered" })
                Assert.Equal(truth.RootElement.GetProperty(kind).GetProperty(name).GetInt64(), Of(name));
            Assert.True(counts.GetProperty("seconds").GetDouble() >= 0);
        }

        Assert.True(lake.Ingested.RootElement.GetProperty("impressions").GetProperty("bytes").GetInt64() > 1_000_000);
    }

    [Fact]
    public async Task The_same_files_again_change_nothing()
    {
        var before = (await AdxAsync("lake", "tables", "--lake", "lake", "--json")).Output;

        var again = await AdxAsync(
            "ingest",
            "feeds/impressions",
            "feeds/clicks_conversions",
            "feeds/bid_requests",
            "--lake",
            "lake",
            "--json"
        );

        using var counts = JsonDocument.Parse(again.Output);
        Assert.All(
            Kinds,
            kind => Assert.Equal(0, counts.RootElement.GetProperty(kind).GetProperty("received").GetInt64())
        );
        Assert.Equal(before, (await AdxAsync("lake", "tables", "--lake", "lake", "--json")).Output);
    }

    [Fact]
    public async Task The_lake_verifies_and_its_tables_are_listed()
    {
        Assert.Equal(0, (await AdxAsync("lake", "verify", "--lake", "lake")).Code);
        var tables = await AdxAsync("lake", "tables", "--lake", "lake");
        Assert.All(
            [.. Kinds, "rejects", "ingest_ledger", "campaign_performance"],
            name => Assert.Contains(name, tables.Output, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("csv", "campaign_id,n\r\n")]
    [InlineData("json", "[\n{\"campaign_id\":")]
    [InlineData("table", "campaign_id")]
    public async Task A_query_prints_its_rows_and_nothing_else(string format, string beginning)
    {
        var result = await AdxAsync(
            "query",
            "--lake",
            "lake",
            "--format",
            format,
            "SELECT campaign_id, count(*) AS n FROM impressions GROUP BY ALL ORDER BY 1"
        );

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.StartsWith(beginning, result.Output, StringComparison.Ordinal);
        if (format == "json")
            Assert.True(JsonDocument.Parse(result.Output).RootElement.GetArrayLength() > 10);
    }

    [Fact]
    public async Task A_query_writes_parquet_that_can_be_read_back_as_the_same_rows()
    {
        var output = Path.Combine(lake.Folder, "clicks.parquet");
        Assert.Equal(0, (await AdxAsync("query", "--lake", "lake", "--output", output, "SELECT * FROM clicks")).Code);

        Assert.Equal("PAR1"u8, File.ReadAllBytes(output).AsSpan(0, 4));
        Assert.Empty(Directory.EnumerateFiles(lake.Folder, "*.part"));
    }

    [Theory]
    [InlineData("SELEC 1", "syntax error")]
    [InlineData("SELECT nothing FROM impressions", "nothing")]
    [InlineData("SELECT * FROM nowhere", "nowhere")]
    [InlineData("COPY impressions TO 'stolen.csv'", "only one statement that reads")]
    [InlineData("SELECT 1; DROP TABLE impressions", "only one statement that reads")]
    [InlineData("ATTACH 'other.db'", "only one statement that reads")]
    [InlineData("INSTALL httpfs", "only one statement that reads")]
    [InlineData("SET enable_external_access = true", "only one statement that reads")]
    [InlineData("PRAGMA database_list", "only one statement that reads")]
    [InlineData("EXPLAIN ANALYZE COPY impressions TO 'stolen.csv'", "only one statement that reads")]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')", "not allowed")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')", "not allowed")]
    [InlineData("SELECT * FROM '/etc/passwd'", "")]
    [InlineData("SELECT * FROM glob('/*')", "not allowed")]
    [InlineData("SELECT getenv('HOME')", "")]
    public async Task Wrong_and_hostile_sql_is_one_clear_line(string sql, string reason)
    {
        var result = await AdxAsync("query", "--lake", "lake", sql);

        Assert.Equal(1, result.Code);
        Assert.Equal("", result.Output);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(lake.Folder, "stolen.csv")));
    }

    [Fact]
    public async Task A_query_that_takes_too_long_or_too_much_ends()
    {
        var slow = await AdxAsync(
            "query",
            "--lake",
            "lake",
            "--timeout",
            "0.5",
            "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
        );
        Assert.Equal(1, slow.Code);
        Assert.Contains("longer than 0.5 s", slow.Error, StringComparison.Ordinal);
    }

    // DuckDB neither counts nor interrupts these.
    private const string OneBigValue = "SELECT length(repeat('x', 3000000000))";
    private const string OneLongCall = "SELECT levenshtein(repeat('x', 300000), repeat('y', 300000))";

    [Fact]
    public async Task A_value_beyond_the_memory_limit_ends_the_query()
    {
        var (result, peak) = await WatchedAsync("--memory", "128", "--timeout", "60", OneBigValue);

        Assert.Equal(
            new AdxResult(
                1,
                "",
                "adx: the query takes more memory than its limit of 128 MiB; raise --memory or engine.memory_mib, or select less\n"
            ),
            result
        );
        Assert.InRange(peak, 1, 1_000_000_000);
    }

    [Fact]
    public async Task A_call_beyond_the_time_limit_ends_the_query_and_leaves_no_file()
    {
        var time = System.Diagnostics.Stopwatch.StartNew();
        var (result, _) = await WatchedAsync("--timeout", "0.5", "--output", "late.csv", OneLongCall);

        Assert.Equal(new AdxResult(1, "", "adx: the query took longer than 0.5 s\n"), result);
        Assert.InRange(time.Elapsed, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(15));
        Assert.Empty(Directory.EnumerateFiles(lake.Folder, "*late.csv*"));
    }

    [Fact]
    public async Task A_signal_ends_a_query_that_cannot_be_interrupted()
    {
        using var process = AdxProcess.Start(
            lake.Folder,
            "dotnet",
            [AdxProcess.Program, "query", "--lake", "lake", "--output", "stopped.csv", OneLongCall]
        );
        // A start takes one second of it; the rest is the statement.
        while (!process.HasExited && process.TotalProcessorTime < TimeSpan.FromSeconds(4))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            process.Refresh();
        }

        using (var kill = AdxProcess.Start(lake.Folder, "kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var time = System.Diagnostics.Stopwatch.StartNew();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith(
            "adx: stopped;",
            await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Empty(Directory.EnumerateFiles(lake.Folder, "*stopped.csv*"));
    }

    /// <summary>Runs a query and notes the most memory that its process had.</summary>
    private async Task<(AdxResult Result, long PeakBytes)> WatchedAsync(params string[] args)
    {
        using var process = AdxProcess.Start(
            lake.Folder,
            "dotnet",
            [AdxProcess.Program, "query", "--lake", "lake", .. args]
        );
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        long peak = 0;
        while (!process.HasExited)
        {
            process.Refresh();
            peak = Math.Max(peak, process.HasExited ? 0 : process.PeakWorkingSet64);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return (new AdxResult(process.ExitCode, await output, await error), peak);
    }

    [Fact]
    public async Task A_closed_pipe_ends_the_program_quietly()
    {
        var result = await AdxProcess.ShellAsync(
            lake.Folder,
            "adx query --lake lake --format csv 'SELECT range FROM range(1000000000)' | head -n 2"
        );

        Assert.Equal(new AdxResult(0, "range\r\n0\r\n", ""), result);
    }

    [Fact]
    public async Task A_full_disk_is_told()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("there is no /dev/full here");
        var result = await AdxProcess.ShellAsync(
            lake.Folder,
            "adx query --lake lake --format csv 'FROM impressions' > /dev/full"
        );

        Assert.Equal(1, result.Code);
        Assert.Contains("standard output cannot be written", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_others_append_to_is_not_overwritten()
    {
        var result = await AdxProcess.ShellAsync(
            lake.Folder,
            "{ echo before; adx query --lake lake --format csv 'SELECT 1 AS one'; echo after; } > both.txt; cat both.txt"
        );

        Assert.Equal("before\none\r\n1\r\nafter\n", result.Output);
    }

    [Fact]
    public async Task Too_many_rejects_end_with_3()
    {
        Assert.Equal(
            3,
            (await AdxAsync("ingest", "feeds/impressions", "--lake", "lake3", "--no-models", "--max-rejects", "1")).Code
        );
        Assert.Equal(
            0,
            (
                await AdxAsync(
                    "ingest",
                    "feeds/impressions",
                    "--lake",
                    "lake4",
                    "--no-models",
                    "--max-rejects",
                    "100000"
                )
            ).Code
        );
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_read_and_makes_no_lake()
    {
        var result = await AdxAsync("ingest", "feeds", "--lake", "never", "--dry-run", "--json");

        using var plan = JsonDocument.Parse(result.Output);
        Assert.Equal(
            ["bid_requests", "clicks_conversions", "impressions"],
            plan.RootElement.GetProperty("files")
                .EnumerateArray()
                .Select(file => file.GetProperty("feed").GetString()!)
                .Distinct()
                .Order()
        );
        Assert.True(plan.RootElement.GetProperty("skipped").GetArrayLength() > 0);
        Assert.False(Directory.Exists(Path.Combine(lake.Folder, "never")));
    }

    [Fact]
    public async Task Rejects_can_be_listed_shown_and_exported()
    {
        var list = await AdxAsync("rejects", "list", "--lake", "lake", "--feed", "impressions", "--json");
        using var rejects = JsonDocument.Parse(list.Output);
        var first = rejects.RootElement[0];

        var shown = await AdxAsync(
            "rejects",
            "show",
            Path.GetFileName(first.GetProperty("stream").GetString()!),
            first.GetProperty("offset").GetRawText(),
            "--lake",
            "lake",
            "--json"
        );
        using var records = JsonDocument.Parse(shown.Output);
        Assert.Equal(first.GetProperty("reason").GetString(), records.RootElement[0].GetProperty("reason").GetString());

        var export = await AdxAsync("rejects", "export", "--lake", "lake", "--raw", "--feed", "impressions");
        Assert.Equal(rejects.RootElement.GetArrayLength(), export.Output.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public async Task An_interrupted_ingest_goes_on_where_it_stopped()
    {
        var folder = Directory.CreateTempSubdirectory("adx-cli-").FullName;
        try
        {
            Assert.Equal(
                0,
                (await AdxProcess.RunAsync(folder, "generate", "--out", "feeds", "--impressions", "150000")).Code
            );
            File.WriteAllText(
                Path.Combine(folder, "small.json"),
                """{ "ingest": { "commit_unit_bytes": 4194304, "block_bytes": 1048576 } }"""
            );
            string[] ingest =
            [
                "ingest",
                "feeds/impressions",
                "feeds/clicks_conversions",
                "--lake",
                "lake",
                "--no-models",
                "--config",
                "small.json",
                "--json",
            ];
            using var process = AdxProcess.Start(folder, "dotnet", [AdxProcess.Program, .. ingest]);
            await FirstCommitAsync(Path.Combine(folder, "lake"), process);
            // Not INT, which a shell that starts the tests behind it makes every process of theirs ignore.
            using (var kill = AdxProcess.Start(folder, "kill", ["-TERM", $"{process.Id}"]))
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            var stopped = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, process.ExitCode);
            Assert.True(JsonDocument.Parse(stopped).RootElement.GetProperty("stopped").GetBoolean());
            Assert.Equal(0, (await AdxProcess.RunAsync(folder, "lake", "verify", "--lake", "lake")).Code);

            var rest = await AdxProcess.RunAsync(folder, ingest);

            Assert.Equal(0, rest.Code);
            Assert.Equal(0, (await AdxProcess.RunAsync(folder, "lake", "verify", "--lake", "lake")).Code);
            using var truth = JsonDocument.Parse(
                File.ReadAllText(Path.Combine(folder, "feeds", "truth", "totals.json"))
            );
            foreach (var kind in new[] { "impressions", "clicks", "conversions" })
            {
                var expected = truth.RootElement.GetProperty(kind).GetProperty("accepted").GetInt64();
                var parts = Accepted(stopped, kind) + Accepted(rest.Output, kind);
                Assert.Equal(expected, parts);
                Assert.InRange(
                    Accepted(stopped, "impressions"),
                    1,
                    truth.RootElement.GetProperty("impressions").GetProperty("accepted").GetInt64() - 1
                );
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Accepted(string json, string kind) =>
        JsonDocument.Parse(json).RootElement.GetProperty(kind).GetProperty("accepted").GetInt64();

    private static async Task FirstCommitAsync(string lakeFolder, System.Diagnostics.Process process)
    {
        var commit = Path.Combine(lakeFolder, "ingest_ledger", "_delta_log", $"{1:D20}.json");
        while (!File.Exists(commit) && !process.HasExited)
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    private Task<AdxResult> AdxAsync(params string[] args) => AdxProcess.RunAsync(lake.Folder, args);
}
