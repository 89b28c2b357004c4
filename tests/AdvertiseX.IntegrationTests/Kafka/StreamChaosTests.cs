using System.Diagnostics;
using System.Globalization;
using System.Text;
using AdvertiseX.IntegrationTests.Lake;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>
/// Workers that are killed at every step of theirs and at any moment, stopped for longer than their session, and that
/// join and leave, by seed: in the end the lake is that of an undisturbed load of the files.
/// </summary>
[Collection(KafkaServer.Collection)]
public sealed class StreamChaosTests(KafkaServer server)
{
    /// <summary>How many seeds; more with <c>./build.sh soak</c>.</summary>
    public const string RoundsVariable = "ADX_STREAM_ROUNDS";

    private const int Killed = 137;
    private const int DisturbancesOfRound = 6;
    private const int Impressions = 12_000;
    private const string Dirt = "duplicate=0.01,late=0.02,broken=0.002,kind=0.01,type=0.01";

    private static readonly string[] Steps =
    [
        "kafka: opened",
        "stage: file written",
        "ledger: rows written",
        "ledger: committed",
        "commit: in the log",
        "apply: table committed",
        "kafka: committed",
        "kafka: dead letters sent",
        "kafka: broker told",
        "kafka: drained",
    ];

    [Fact]
    public async Task Whatever_happens_to_workers_no_record_is_lost_and_none_doubled()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable(RoundsVariable) ?? "2", CultureInfo.InvariantCulture);
        var hits = new SortedDictionary<string, int>(StringComparer.Ordinal);
        using var feeds = await Feeds.GenerateAsync(Impressions, seed: 5, Dirt);
        for (var seed = 1; seed <= rounds; seed++)
            await RunRoundAsync(feeds, seed, hits);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} rounds: {string.Join(", ", hits.Select(hit => $"{hit.Value} {hit.Key}"))}"
        );
    }

    private async Task RunRoundAsync(Feeds feeds, int seed, SortedDictionary<string, int> hits)
    {
        var random = new Random(seed);
        var protocol = seed % 2 == 0 ? "consumer" : "classic";
        using var world = await StreamWorld.MakeAsync(server);
        feeds.Produce(world);
        world.Registry.Add(Feeds.SchemaId, feeds.Schema);
        for (var i = 0; i < DisturbancesOfRound; i++)
        {
            var what = await DisturbAsync(world, protocol, random, ((seed - 1) * DisturbancesOfRound) + i);
            hits[what] = hits.GetValueOrDefault(what) + 1;
        }

        await Task.WhenAll(
            world.RunAsync(world.Worker(protocol: protocol)),
            world.RunAsync(world.Worker(protocol: protocol))
        );
        try
        {
            await world.AssertSameAsBatchAsync(feeds);
            await AssertLettersAsync(world);
        }
        catch (Xunit.Sdk.XunitException failed)
        {
            Assert.Fail($"seed {seed}: {failed.Message}");
        }
    }

    /// <summary>One worker runs undisturbed while something happens to another.</summary>
    private static async Task<string> DisturbAsync(StreamWorld world, string protocol, Random random, int number)
    {
        var worker = world.Worker(once: false, protocol: protocol);
        using var other = world.Start(worker);
        var step = number % 2 == 0 ? Steps[number / 2 % Steps.Length] : "";
        using var victim = step.Length > 0 ? StartCrashing(worker, step, random.Next(1, 4)) : world.Start(worker);
        var happened = step.Length > 0 ? $"killed at {step}" : "";
        var time = TimeSpan.FromMilliseconds(random.Next(1500, 5000));
        await Task.WhenAny(victim.WaitForExitAsync(), Task.Delay(time));
        if (victim.HasExited)
        {
            Assert.Equal(Killed, victim.ExitCode);
        }
        else if (step.Length > 0 || random.Next(3) == 0)
        {
            happened = "killed at any moment";
            victim.Kill();
        }
        else if (random.Next(2) == 0)
        {
            happened = "stopped past its session";
            StreamWorld.Signal(victim, "STOP");
            await Task.Delay(TimeSpan.FromSeconds(protocol == "classic" ? 4 : 8));
            StreamWorld.Signal(victim, "CONT");
            await Task.Delay(TimeSpan.FromSeconds(1));
            StreamWorld.Signal(victim, "TERM");
        }
        else
        {
            happened = "left";
            StreamWorld.Signal(victim, "TERM");
        }

        if (random.Next(2) == 0)
            other.Kill();
        else
            StreamWorld.Signal(other, "TERM");
        foreach (var process in new[] { victim, other })
        {
            _ = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode is 0 or Killed, $"{process.ExitCode}: {await errors}");
        }

        return happened;
    }

    /// <summary>Every reject is among the dead letters, by its position.</summary>
    private static async Task AssertLettersAsync(StreamWorld world)
    {
        var rejects = await world.AskAsync(
            "SELECT DISTINCT split_part(stream, '/', 3) || ' ' || split_part(stream, '/', 5) || ' ' || stream_offset || ' ' || coalesce(stream_ordinal, 0) FROM rejects"
        );
        var letters = world
            .ReadLetters()
            .Select(letter =>
                string.Join(
                    ' ',
                    new[] { "adx.topic", "adx.partition", "adx.offset", "adx.ordinal" }.Select(name =>
                        Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name))
                    )
                )
            )
            .ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(rejects.Split('\n'), reject => !letters.Contains(reject));
    }

    /// <summary>This very program, told to run a worker that is killed at a step.</summary>
    private static Process StartCrashing(string[] worker, string step, int hit)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                typeof(StreamChaosTests).Assembly.Location,
                "-explicit",
                "only",
                "-method",
                $"{typeof(CrashingCommand).FullName}.{nameof(CrashingCommand.Runs_until_it_is_killed_or_done)}",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[CrashingCommand.ArgumentsVariable] = string.Join('\n', worker);
        start.Environment[CrashingCommand.StepVariable] = step;
        start.Environment[CrashingCommand.HitVariable] = $"{hit}";
        return Process.Start(start)!;
    }
}
