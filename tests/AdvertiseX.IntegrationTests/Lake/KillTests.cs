using System.Diagnostics;
using System.Text.RegularExpressions;
using AdvertiseX.Cli;
using AdvertiseX.IntegrationTests.Kafka;
using AdvertiseX.Lake;
using AdvertiseX.Tests;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>Commands that are killed at any step of theirs, one after another: each leaves a lake that the next goes on
/// with, and in the end it is the lake that was never disturbed.</summary>
public sealed partial class KillTests : IDisposable
{
    /// <summary>How many commands; 200 with <c>./build.sh soak</c>.</summary>
    public const string RoundsVariable = "ADX_KILL_ROUNDS";

    private const int Killed = 137;

    // Few rounds meet steps of all kinds, many meet each.
    private const int Stride = 7;

    // Each with a command that gets there, and what has to be done before; a stream of 160 blocks makes a checkpoint
    // due.
    private static readonly (string Step, string Command, string[] Before)[] Steps =
    [
        ("put: temporary file written", "live 20", []),
        ("put: linked", "live 20", []),
        ("put: directory flushed", "live 20", []),
        ("put: renamed", "live 30", []),
        ("stage: file written", "live 10", []),
        ("stage: late file written", "live 10", []),
        ("stage: sidecar written", "live 10", []),
        ("filter: written", "live 40", []),
        ("filter: merged", "live 60", []),
        ("coverage: written", "live 40", []),
        ("ledger: rows written", "live 10", []),
        ("ledger: committed", "live 10", []),
        ("commit: in the log", "live 10", []),
        ("apply: table committed", "live 10", []),
        ("late: files written", "live 10", []),
        ("late: committed", "live 10", []),
        ("checkpoint: written", "live 160", []),
        ("checkpoint: hint written", "live 160", []),
        ("positions: saved", "live 160", []),
        ("compaction: files written", "lake compact", ["live 10"]),
        ("sidecar: made anew", "lake compact", ["live 10"]),
        ("compaction: committed", "lake compact", ["live 10"]),
        ("compaction: note written", "lake compact", ["live 10"]),
        ("vacuum: deleted", "lake vacuum", ["live 10", "lake compact"]),
        ("model: files written", "run", ["ingest"]),
    ];

    // These are reached by tests of their own.
    private const string Restated = "restatements: files written";
    private static readonly string[] StepsOfStreams = ["positions: archive written", "positions: saved"];

    private static readonly string[] Commands =
    [
        "live 10",
        "live 30",
        "live 50",
        "ingest",
        "ingest",
        "run",
        "lake compact",
        "lake vacuum",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-kills-").FullName;

    public static IEnumerable<TheoryDataRow<string>> OfStreams =>
        StepsOfStreams.Select(step => new TheoryDataRow<string>(step));

    private string Lake => Path.Combine(_folder, "lake");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_lake_goes_on_whatever_was_killed()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable(RoundsVariable) ?? "8");
        var random = new Random(rounds);
        await AdxAsync("generate", "--out", "feeds", "--impressions", "600", "--max-file-bytes", "70000");
        var feeds = Directory
            .GetFiles(Path.Combine(_folder, "feeds"), "*", SearchOption.AllDirectories)
            .Where(file =>
                !file.Contains("reference", StringComparison.Ordinal)
                && !file.Contains("truth", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "eager.json"),
            """{"compaction":{"min_files":4,"closed_files":2},"retention":{"files_hours":0,"compacted_hours":0,"unnamed_hours":1}}""",
            TestContext.Current.CancellationToken
        );
        var ingested = 0;
        var kills = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            // In turn each step, and any of any command.
            var isStep = round % 2 == 0;
            var (step, words, before) = isStep
                ? Steps[round / 2 * Stride % Steps.Length]
                : ("", Commands[random.Next(Commands.Length)], []);
            foreach (var first in before)
                Assert.Equal(0, await RunAsync(CommandOf(first), "", 0));
            // Each step surely once.
            var hit = isStep
                ? round / 2 < Steps.Length
                    ? 1
                    : random.Next(1, 3)
                : words == "run"
                    ? random.Next(1, 200)
                    : random.Next(1, 80);
            var command = CommandOf(words);
            var code = await RunAsync(command, step, hit);
            if (code == Killed)
                kills[step] = kills.GetValueOrDefault(step) + 1;
            await AssertWholeAsync($"round {round}: {string.Join(' ', command)}, {hit}. {step}");
            // One that was killed before it had made a lake leaves none.
            if (round == 0)
                await CrashingCommand.IngestLiveAsync(Lake, 1);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills.Values.Sum()} of {rounds} killed: {string.Join(", ", kills.Select(kill => $"{kill.Value} {kill.Key}"))}"
        );
        for (var round = 0; round < rounds; round += 2)
            Assert.Contains(Steps[round / 2 * Stride % Steps.Length].Step, kills.Keys);
        await CompareAsync(feeds);

        // What is ingested first is new, as later each feed comes again.
        string[] CommandOf(string words) =>
            words.Split(' ') switch
            {
                [CrashingCommand.Live, var blocks] => [CrashingCommand.Live, Lake, blocks],
                ["ingest"] => ["ingest", feeds[ingested++ % feeds.Count], "--lake", Lake],
                var others => [.. others, "--lake", Lake],
            };
    }

    [Fact]
    public void Every_step_has_a_command_that_is_killed_at_it()
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal);
        foreach (
            var file in Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
        )
        foreach (Match call in Reaches().Matches(File.ReadAllText(file)))
        foreach (Match step in Texts().Matches(call.Value))
            reached.Add(step.Groups[1].Value);
        Assert.NotEmpty(reached);
        Assert.Equal(
            reached,
            Steps
                .Select(step => step.Step)
                .Concat(StepsOfStreams)
                .Concat(StreamChaosTests.StepsOfWorkers)
                .Append(Restated)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(OfStreams))]
    public async Task Positions_in_an_archive_are_there_whatever_was_killed(string step)
    {
        Assert.Equal(Killed, await RunAsync([CrashingCommand.Streams, Lake], step, 1));
        Assert.Equal(0, await RunAsync([CrashingCommand.Streams, Lake], "none", 0));
        Assert.Equal(Killed, await RunAsync([CrashingCommand.Streams, Lake], step, 1));
        using var lake = await DataLake.OpenAsync(Lake);
        Assert.NotEqual(0, lake.Ledger.State.Archive.Streams);
        for (var stream = 0; stream < CrashingCommand.ManyStreams; stream++)
            Assert.Equal(3, lake.Ledger.PositionOf($"{stream}"));
    }

    [Fact]
    public async Task Restatements_are_logged_once_whatever_was_killed()
    {
        await AdxAsync("generate", "--out", "feeds", "--impressions", "600");
        var calm = Path.Combine(_folder, "calm");
        await File.WriteAllTextAsync(Path.Combine(_folder, "eager.json"), "{}", TestContext.Current.CancellationToken);
        foreach (var lake in new[] { Lake, calm })
        {
            await AdxAsync("ingest", Path.Combine(_folder, "feeds", "impressions"), "--lake", lake);
            await AdxAsync(
                "ingest",
                Path.Combine(_folder, "feeds", "clicks_conversions"),
                "--lake",
                lake,
                "--no-models"
            );
        }

        Assert.Equal(Killed, await RunAsync(["run", "--lake", Lake], Restated, 1));
        foreach (var lake in new[] { Lake, calm })
            await AdxAsync("run", "--lake", lake);
        using var killed = await DataLake.OpenAsync(Lake);
        using var undisturbed = await DataLake.OpenAsync(calm);
        const string Logged =
            "SELECT model, kind, campaign_id, local_date, cell, measure, before, after FROM restatements ORDER BY ALL";
        var expected = await LakeAnswers.ReadAsync(undisturbed, Logged);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await LakeAnswers.ReadAsync(killed, Logged));
    }

    private async Task CompareAsync(List<string> feeds)
    {
        long blocks;
        using (var lake = await DataLake.OpenAsync(Lake))
            blocks = lake.Ledger.PositionOf(NumbersSource.StreamName) / NumbersSource.BlockBytes;
        var calm = Path.Combine(_folder, "calm");
        await CrashingCommand.IngestLiveAsync(calm, (int)blocks);
        foreach (var lake in new[] { Lake, calm })
        {
            await AdxAsync(["ingest", .. feeds, "--lake", lake, "--no-models"]);
            await AdxAsync("run", "--lake", lake);
        }

        await LakeAnswers.AssertEqualAsync(calm, Lake);
    }

    private async Task AssertWholeAsync(string after)
    {
        if (!Directory.Exists(Path.Combine(Lake, IngestLedger.TableName, "_delta_log")))
            return;
        using var lake = await DataLake.OpenAsync(Lake, create: true);
        var report = await LakeVerifier.RunAsync(lake);
        Assert.True(report.Holds, $"{after}: {string.Join('\n', report.Problems)}");
        var table = lake.Table("impressions");
        var live =
            lake.Ledger.PositionOf(NumbersSource.StreamName) / NumbersSource.BlockBytes * NumbersSource.RecordsOfBlock;
        var rows = await LakeAnswers.ReadAsync(
            lake,
            $"SELECT count(*), count(DISTINCT event_id) FROM impressions WHERE stream = '{NumbersSource.StreamName}'"
        );
        Assert.True(
            rows == $"{live}\t{live}\n" || table.Summary().Rows == 0 && live == 0,
            $"{after}: {rows} for {live}"
        );
    }

    private async Task AdxAsync(params string[] args)
    {
        using var error = new StringWriter();
        using var terminal = new Terminal(new MemoryStream(), error, _ => null);
        args = [.. args.Select(arg => arg == "feeds" ? Path.Combine(_folder, arg) : arg)];
        var code = await CommandLine.RunAsync(args, terminal, TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"adx {string.Join(' ', args)}: {code} {error}");
    }

    /// <summary>This very program, told to run the command alone.</summary>
    private async Task<int> RunAsync(string[] command, string step, int hit)
    {
        if (command[0] != CrashingCommand.Live)
            command = [.. command, "--config", Path.Combine(_folder, "eager.json")];
        using var process = new Process();
        process.StartInfo = new(
            "dotnet",
            [
                typeof(KillTests).Assembly.Location,
                "-explicit",
                "only",
                "-method",
                $"{typeof(CrashingCommand).FullName}.{nameof(CrashingCommand.Runs_until_it_is_killed_or_done)}",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        process.StartInfo.Environment[CrashingCommand.ArgumentsVariable] = string.Join('\n', command);
        process.StartInfo.Environment[CrashingCommand.StepVariable] = step;
        process.StartInfo.Environment[CrashingCommand.HitVariable] = $"{hit}";
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode is 0 or Killed, $"{string.Join(' ', command)}: {await output}{await errors}");
        return process.ExitCode;
    }

    [GeneratedRegex(@"FaultPoint\.Reach\([^;]*;")]
    private static partial Regex Reaches();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Texts();
}
