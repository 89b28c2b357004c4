using System.Diagnostics;
using AdvertiseX.Contracts;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Sources;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>A process that sleeps at a step of an ingest, while another commits what it was about to commit, and all
/// files are merged and the merged ones deleted: it goes on with the right verdicts.</summary>
public sealed class SleepingWriterTests : IDisposable
{
    private const int Blocks = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-asleep-").FullName;

    private string Lake => Path.Combine(_folder, "lake");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("stage: file written", 9)]
    [InlineData("ledger: rows written", 9)]
    [InlineData("apply: table committed", 9)]
    [InlineData("filter: written", 1)]
    public async Task Its_verdicts_are_right_when_it_goes_on(string step, int hit)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "whether a process is stopped is read from /proc");
        using var asleep = Start(step, hit);
        try
        {
            await StoppedAsync(asleep);
            var committed = await CommitAllAsync();
            Assert.InRange(committed, 1, Blocks - 1);
            await MergeAndDeleteAsync();
            await SignalAsync("CONT", asleep);
            var output = asleep.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await asleep.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit);
            Assert.True(asleep.ExitCode == 0, await output);
            await AssertRightAsync(committed);
        }
        finally
        {
            asleep.Kill();
        }
    }

    /// <summary>Commits the events of all blocks from files; those are new that the sleeper has not committed. Returns
    /// how many blocks it has.</summary>
    private async Task<int> CommitAllAsync()
    {
        using var lake = await DataLake.OpenAsync(Lake);
        var committed = (int)(lake.Ledger.PositionOf(NumbersSource.StreamName) / NumbersSource.BlockBytes);
        var environment = new IngestEnvironment(lake) { Options = new IngestOptions { KeysWorthAFilter = 300 } };
        long accepted = 0;
        foreach (var half in Enumerable.Range(0, Blocks).Chunk(Blocks / 2))
        {
            var path = Path.Combine(_folder, $"{half[0]}.ndjson");
            await using (var file = File.Create(path))
                foreach (var block in half)
                    await file.WriteAsync(NumbersSource.Block(block, null, CrashingCommand.LateDays));
            var report = await new EventPipeline(environment).RunAsync(
                new SourceCatalog(ContractFile.Shipped).Find([path]),
                null,
                TestContext.Current.CancellationToken
            );
            accepted += report.CountsOf(EventKind.Impression).Accepted;
        }

        Assert.Equal((Blocks - committed) * NumbersSource.RecordsOfBlock, accepted);
        return committed;
    }

    // Later, so that files go too which stay for an hour.
    private async Task MergeAndDeleteAsync()
    {
        var later = new FixedClock(TimeProvider.System.GetUtcNow().AddHours(2));
        using var lake = await DataLake.OpenAsync(Lake, clock: later);
        using var engine = new DuckDbEngine(new DuckDbEngineOptions { MemoryLimitMebibytes = 256, Threads = 1 });
        await Compaction.RunAsync(lake, engine, new() { MinFiles = 2, ClosedFiles = 1 });
        var report = await Vacuum.RunAsync(
            lake,
            new() { Files = TimeSpan.Zero, Compacted = TimeSpan.Zero },
            new FollowedVersions(new Dictionary<string, long>()),
            dryRun: false,
            TestContext.Current.CancellationToken
        );
        Assert.Contains(
            report.Files,
            file => LakeTable.IsDataFile(file.Key) && file.Key.StartsWith("impressions/", StringComparison.Ordinal)
        );
    }

    private async Task AssertRightAsync(int committed)
    {
        using var lake = await DataLake.OpenAsync(Lake);
        var report = await LakeVerifier.RunAsync(lake);
        Assert.True(report.Holds, string.Join('\n', report.Problems));
        Assert.Empty(report.Remarks);
        Assert.Equal(
            $"{Blocks * NumbersSource.RecordsOfBlock}\t{Blocks * NumbersSource.RecordsOfBlock}\n",
            await LakeAnswers.ReadAsync(lake, "SELECT count(*), count(DISTINCT event_id) FROM impressions")
        );
        Assert.Equal(
            $"{committed * NumbersSource.RecordsOfBlock}\t{(Blocks - committed) * NumbersSource.RecordsOfBlock}\n",
            await LakeAnswers.ReadAsync(
                lake,
                $"SELECT sum(accepted), sum(duplicate) FROM ingest_ledger WHERE stream = '{NumbersSource.StreamName}'"
            )
        );
    }

    private Process Start(string step, int hit)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                typeof(CrashingCommand).Assembly.Location,
                "-explicit",
                "only",
                "-method",
                $"{typeof(CrashingCommand).FullName}.{nameof(CrashingCommand.Runs_until_it_is_killed_or_done)}",
            ]
        )
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        };
        start.Environment[CrashingCommand.ArgumentsVariable] = $"{CrashingCommand.Live}\n{Lake}\n{Blocks}";
        start.Environment[CrashingCommand.StepVariable] = step;
        start.Environment[CrashingCommand.HitVariable] = $"{hit}";
        start.Environment[CrashingCommand.SignalVariable] = "STOP";
        return Process.Start(start)!;
    }

    private static async Task StoppedAsync(Process process)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Limit; )
        {
            Assert.False(process.HasExited, "it ended before it slept");
            var state = await File.ReadAllTextAsync($"/proc/{process.Id}/stat");
            if (state[(state.LastIndexOf(')') + 2)..].StartsWith('T'))
                return;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail("it does not sleep");
    }

    private static async Task SignalAsync(string signal, Process process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
