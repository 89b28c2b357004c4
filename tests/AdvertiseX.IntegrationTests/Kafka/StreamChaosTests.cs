using System.Diagnostics;
using System.Globalization;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>
/// Workers that are killed at every step of theirs and at any moment, stopped for longer than their session, that join
/// and leave; topics that are made anew or lose records; records that come twice: by seed. In the end the lake is that
/// of an undisturbed load of the files.
/// </summary>
[Collection(KafkaServer.Collection)]
public sealed class StreamChaosTests(KafkaServer server)
{
    /// <summary>How many rounds; 1,000 with <c>./build.sh soak</c>.</summary>
    public const string RoundsVariable = "ADX_CHAOS_ROUNDS";

    /// <summary>The seed of the first round; 1 unless given.</summary>
    public const string SeedVariable = "ADX_CHAOS_SEED";

    private const int FewRounds = 4;
    private const int KillsOfRound = 2;
    private const int Impressions = 3_000;
    private const string Dirt = "duplicate=0.01,late=0.02,broken=0.002,kind=0.01,type=0.01";

    /// <summary>Steps that only workers have.</summary>
    internal static readonly string[] StepsOfWorkers =
    [
        "kafka: opened",
        "kafka: committed",
        "kafka: dead letters sent",
        "kafka: broker told",
        "kafka: drained",
    ];

    private static readonly string[] Steps =
    [
        .. StepsOfWorkers,
        "stage: file written",
        "stage: late file written",
        "stage: sidecar written",
        "put: temporary file written",
        "put: linked",
        "put: directory flushed",
        "ledger: rows written",
        "ledger: committed",
        "commit: in the log",
        "apply: table committed",
        "late: files written",
        "late: committed",
    ];

    private static readonly string[] RareSteps =
    [
        "kafka: opened",
        "kafka: drained",
        "late: files written",
        "late: committed",
    ];

    private static readonly (string Name, Func<ChaosRound, Task> Run)[] Disturbances =
    [
        ("killed at any moment", round => round.KillAtAnyMomentAsync()),
        ("joined and left", round => round.JoinAndLeaveAsync()),
        ("stopped past the session", round => round.SleepPastSessionAsync()),
        ("one partition of eight taken", round => round.TakeOnePartitionAsync()),
        ("topic made anew", round => round.RecreateTopicAsync()),
        ("records removed", round => round.RemoveRecordsAsync()),
        ("twice and two ways", round => round.BringTwiceAndTwoWaysAsync()),
    ];

    [Fact]
    public async Task Whatever_happens_to_workers_no_record_is_lost_and_none_doubled()
    {
        server.Require();
        var (rounds, first) = (Number(RoundsVariable, FewRounds), Number(SeedVariable, 1));
        var hits = Steps.Concat(Disturbances.Select(each => each.Name)).ToDictionary(name => name, _ => 0);
        using var feeds = await Feeds.GenerateAsync(Impressions, seed: 5, Dirt);
        var failures = new List<string>();
        for (var seed = first; seed < first + rounds; seed++)
            if (await RunRoundAsync(feeds, seed, hits) is { } failure)
                failures.Add(failure);
        Say($"{rounds} rounds from seed {first}: {string.Join(", ", hits.Select(hit => $"{hit.Key} {hit.Value}"))}");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        // Few rounds meet some of each kind, many meet each.
        if (rounds >= 2 * Steps.Length)
            Assert.DoesNotContain(hits, hit => hit.Value == 0);
    }

    /// <summary>What went wrong; null if nothing did.</summary>
    private async Task<string?> RunRoundAsync(Feeds feeds, int seed, Dictionary<string, int> hits)
    {
        var began = Stopwatch.GetTimestamp();
        var random = new Random(seed);
        // Both protocols meet every kind.
        var protocol = seed / 2 % 2 == 0 ? "classic" : "consumer";
        var (name, disturb) = Disturbances[seed / 2 % Disturbances.Length];
        // Four partitions of impressions, three of clicks, and the one.
        var isOne = seed % 2 == 1 && name.StartsWith("one partition", StringComparison.Ordinal);
        using var world = await StreamWorld.MakeAsync(server, clicks: isOne ? 3 : 0, bids: isOne ? 1 : 0);
        world.Registry.Add(Feeds.SchemaId, feeds.Schema);
        var round = new ChaosRound(world, feeds, protocol, random);
        var what = name;
        try
        {
            if (seed % 2 == 1)
            {
                await disturb(round);
                hits[name]++;
            }
            else
            {
                var steps = StepsOf(seed, random);
                what = string.Join(", ", steps);
                var killed = await round.KillAtAsync(steps);
                foreach (var step in killed)
                    hits[step]++;
                what += $"; killed at {killed.Count}";
            }

            await round.AssertLettersAsync();
        }
        catch (Exception failed)
        {
            var failure = $"seed {seed}, {protocol}, {what}: {failed}";
            Say(failure);
            return failure;
        }

        Say($"seed {seed}, {protocol}, {what}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        return null;
    }

    // In turn each; the first, second or third time that it is reached; what few workers reach, the first.
    private static List<(string Step, int Hit)> StepsOf(int seed, Random random) =>
        [
            .. Enumerable
                .Range(seed / 2 * KillsOfRound, KillsOfRound)
                .Select(i =>
                    (Steps[i % Steps.Length], RareSteps.Contains(Steps[i % Steps.Length]) ? 1 : random.Next(1, 4))
                ),
        ];

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private static int Number(string variable, int otherwise) =>
        int.Parse(
            Environment.GetEnvironmentVariable(variable) ?? otherwise.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture
        );
}
