using System.Globalization;
using AdvertiseX.Lake;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.Bench.Streaming;

/// <summary>
/// A whole worker beside consumers that only count the same messages, on a real Kafka (ADX_KAFKA_BROKERS): CPU a
/// message in catch-up and at a rate, freshness, memory. Every process is one of its own; those of a turn follow one
/// another.
/// </summary>
internal sealed class StreamBench(string root, string brokers)
{
    private const int Partitions = 8;
    private const int LakeDays = 7;
    private const int CatchUpRate = 20_000;

    // A reader at a rate is there before the first message is.
    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(10);
    private static readonly string[] Readers = ["run-kafka-consume", "run-kafka-batches", "run-adx-stream"];

    /// <summary>Reads a topic that is full.</summary>
    public async Task CatchUpAsync(long messages, int turns)
    {
        var topic = await NewTopicAsync();
        Send(topic, messages, rate: 0);
        Console.WriteLine(
            $"""
            {messages:N0} impressions in {Partitions} partitions, read from the start; lake of {LakeDays} days at {CatchUpRate:N0}/s; median of {turns} turns:

            | reader | CPU s a million | messages/s | peak MB |
            |---|---|---|---|
            """
        );
        var results = Readers.ToDictionary(reader => reader, _ => new List<ChildResult>());
        for (var turn = 0; turn < turns; turn++)
            foreach (var reader in Readers)
                results[reader].Add(await await StartAsync(reader, topic, messages, CatchUpRate));
        foreach (var reader in Readers)
            Console.WriteLine(
                $"| {reader} | {Median(results[reader], one => one.StepCpu["million"]):F2} | "
                    + $"{Median(results[reader], one => one.Steps["rate"]):N0} | {Median(results[reader], one => one.PeakMegabytes):F0} |"
            );
        PrintRatio(results);
        await DropTopicAsync(topic);
    }

    /// <summary>Reads a topic that is being filled at a rate.</summary>
    public Task PacedAsync(int rate, int seconds) => PacedAsync(rate, seconds, Readers);

    /// <summary>The same with the worker alone, to see its memory over a long time.</summary>
    public Task MemoryAsync(int rate, int seconds) => PacedAsync(rate, seconds, Readers[2..]);

    private async Task PacedAsync(int rate, int seconds, string[] readers)
    {
        Console.WriteLine(
            $"""
            {rate:N0} impressions a second for {seconds} s; lake of {LakeDays} days at that rate:

            | reader | CPU s a million | freshness s, median | 99 % | most | MB after 1, 5, 30, 60 min | MB at the end |
            |---|---|---|---|---|---|---|
            """
        );
        var results = new Dictionary<string, List<ChildResult>>();
        foreach (var reader in readers)
        {
            var topic = await NewTopicAsync();
            var messages = (long)rate * seconds;
            var reading = await StartAsync(reader, topic, messages, rate);
            await Task.Delay(JoinTime);
            Send(topic, messages, rate);
            var result = await reading;
            results[reader] = [result];
            Console.WriteLine(
                $"| {reader} | {result.StepCpu["million"]:F2} | {Step(result, "p50")} | {Step(result, "p99")} | {Step(result, "max")} | "
                    + $"{string.Join(", ", new[] { 1, 5, 30, 60 }.Select(minute => Step(result, $"mb_{minute}", "F0")))} | {Step(result, "mb_end", "F0")} |"
            );
            await DropTopicAsync(topic);
        }

        if (readers == Readers)
            PrintRatio(results);
    }

    private static void PrintRatio(Dictionary<string, List<ChildResult>> results)
    {
        var cpu = Readers.Select(reader => Median(results[reader], one => one.StepCpu["million"])).ToList();
        Console.WriteLine(
            $"""

            The worker takes {cpu[2] / cpu[0]:F2} of the loop's CPU, and {cpu[2]
                - cpu[1]:F2} CPU s a million more than a consumer of batches.

            """
        );
    }

    // The worker's lake is made first: messages do not wait for it.
    private async Task<Task<ChildResult>> StartAsync(string reader, string topic, long messages, int rate)
    {
        if (reader != "run-adx-stream")
            return InBackground(() => ChildResult.Of(reader, brokers, topic, Text(messages)));
        var folder = Directory.CreateTempSubdirectory("adx-stream-").FullName;
        var keys = new MadeKeys(Path.Combine(root, "made-keys"));
        await new AgedLake(
            folder,
            rate,
            LakeDays,
            TimeLayout.Micros,
            keys,
            TimeProvider.System.GetUtcNow()
        ).MakeAsync();
        return InBackground(() =>
        {
            try
            {
                return ChildResult.Of(reader, brokers, topic, folder, Text(messages));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
    }

    private static Task<ChildResult> InBackground(Func<ChildResult> read) =>
        Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Send(string topic, long messages, int rate) =>
        ChildResult.Of(
            "run-kafka-produce",
            brokers,
            topic,
            Path.Combine(FeedSet.OfAsync(root, FeedSet.ParseSize("1m")).GetAwaiter().GetResult().Folder, "impressions"),
            Text(messages),
            Text(rate)
        );

    private async Task<string> NewTopicAsync()
    {
        var name = $"bench-{Guid.NewGuid():N}";
        using var admin = Admin();
        await admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = name,
                NumPartitions = Partitions,
                ReplicationFactor = 1,
            },
        ]);
        return name;
    }

    private async Task DropTopicAsync(string name)
    {
        using var admin = Admin();
        await admin.DeleteTopicsAsync([name]);
    }

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = brokers }).Build();

    private static double Median(List<ChildResult> results, Func<ChildResult, double> of) =>
        results.Select(of).Order().ElementAt(results.Count / 2);

    private static string Step(ChildResult result, string name, string format = "F2") =>
        result.Steps.TryGetValue(name, out var value) ? value.ToString(format, CultureInfo.InvariantCulture) : "";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
