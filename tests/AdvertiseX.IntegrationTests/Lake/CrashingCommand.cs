using System.Diagnostics;
using AdvertiseX.Cli;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Tests.Ingestion;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>A command that may be killed: run by <see cref="KillTests"/> in a process of its own.</summary>
public sealed class CrashingCommand
{
    public const string ArgumentsVariable = "ADX_TEST_COMMAND";
    public const string StepVariable = "ADX_TEST_COMMAND_STEP";
    public const string HitVariable = "ADX_TEST_COMMAND_HIT";

    /// <summary>The signal that it gets at the step, by name; KILL unless given.</summary>
    public const string SignalVariable = "ADX_TEST_COMMAND_SIGNAL";

    /// <summary>A command of the test's own: <c>live LAKE BLOCKS</c> ingests so many blocks of a live stream.</summary>
    public const string Live = "live";

    /// <summary>Another: <c>streams LAKE</c> moves many streams on by one record and saves their positions.</summary>
    public const string Streams = "streams";

    /// <summary>More than are resident.</summary>
    public const int ManyStreams = 9_000;

    /// <summary>Late records of each block.</summary>
    public const int LateDays = 3;

    [Fact(Explicit = true)]
    public async Task Runs_until_it_is_killed_or_done()
    {
        var args = Environment.GetEnvironmentVariable(ArgumentsVariable)?.Split('\n');
        Assert.NotNull(args);
        KillAtStep();
        if (args[0] == Live)
            await IngestLiveAsync(args[1], int.Parse(args[2]));
        else if (args[0] == Streams)
            await MoveStreamsAsync(args[1]);
        else
            await RunAsync(args);
    }

    /// <summary>Kills this process at the step that the environment names, or at any after so many.</summary>
    internal static void KillAtStep()
    {
        var step = Environment.GetEnvironmentVariable(StepVariable);
        var hit = int.Parse(Environment.GetEnvironmentVariable(HitVariable) ?? "0");
        FaultPoint.Reached = reached =>
        {
            if ((string.IsNullOrEmpty(step) || reached == step) && Interlocked.Decrement(ref hit) == 0)
                Signal();
        };
    }

    private static void Signal()
    {
        if (Environment.GetEnvironmentVariable(SignalVariable) is { } name)
        {
            using var kill = Process.Start("kill", [$"-{name}", $"{Environment.ProcessId}"]);
            kill.WaitForExit();
            return;
        }

        // Kill is SIGKILL: no finally block runs, no buffer is flushed.
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    private static async Task RunAsync(string[] args)
    {
        using var error = new StringWriter();
        using var terminal = new Terminal(new MemoryStream(), error, _ => null);
        var code = await CommandLine.RunAsync(args, terminal, TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"adx {string.Join(' ', args)}: {code} {error}");
    }

    /// <summary>Commits blocks of a live stream with late rows, from where the lake stands.</summary>
    internal static async Task IngestLiveAsync(string folder, int blocks)
    {
        using var lake = await DataLake.OpenAsync(folder, create: true);
        using var stop = new CancellationTokenSource();
        var source = new NumbersSource(blocks, stop) { LateDays = LateDays };
        var options = new IngestOptions
        {
            CommitUnitBytes = 1,
            AnySize = true,
            KeysWorthAFilter = 300,
        };
        var run = new IngestRun([source], [], null, TimeProvider.System);
        await new EventPipeline(new IngestEnvironment(lake) { Options = options }).RunAsync([source], run, stop.Token);
    }

    private static async Task MoveStreamsAsync(string folder)
    {
        using var lake = await DataLake.OpenAsync(folder, create: true);
        var from = lake.Ledger.PositionOf("0");
        var moves = Enumerable
            .Range(0, ManyStreams)
            .Select(stream => TestLake.Advance($"{stream}", from, from + 1, accepted: 0, duplicate: 1));
        Assert.IsType<LedgerResult.Committed>(
            await lake.Ledger.CommitAsync(new LedgerBatch([.. moves], [], lake.Ledger.Version))
        );
        await lake.Ledger.SaveStateAsync();
    }
}
