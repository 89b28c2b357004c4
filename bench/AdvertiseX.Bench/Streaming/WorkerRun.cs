using System.Diagnostics;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Lake;
using AdvertiseX.Messages;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Bench.Streaming;

/// <summary>A whole worker in this process: messages of a topic into a lake.</summary>
internal static class WorkerRun
{
    private const string Table = "impressions";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs until so many messages are in the ledger.</summary>
    public static async Task<ChildResult> RunAsync(string brokers, string topic, string folder, long count)
    {
        using var lake = await DataLake.OpenAsync(folder, create: true);
        var before = lake.Ledger.Version;
        var kafka = new KafkaOptions
        {
            Brokers = brokers,
            Group = $"bench-{Guid.NewGuid():N}",
            ImpressionsTopic = topic,
            ClicksConversionsTopic = "",
            BidRequestsTopic = "",
            DeadLetterTopic = "",
        };
        var environment = new WorkerEnvironment(
            new IngestEnvironment(lake),
            kafka,
            KafkaFeed.AllOf(kafka),
            KnownSchemas.Shipped,
            LiveTelemetry.Default,
            notice => Console.WriteLine($"{notice.Code}: {notice.Text}")
        );
        var worker = new KafkaWorker(environment, new LiveOptions());
        var meter = new CatchUpMeter(count);
        using var stop = new CancellationTokenSource();
        var running = worker.RunAsync(once: false, stop.Token);
        var memory = new List<(double Seconds, double Megabytes)>();
        var began = Stopwatch.GetTimestamp();
        var counts = worker.Tally.CountsOf(EventKind.Impression);
        long read;
        while ((read = counts.Received) < count && !running.IsCompleted)
        {
            meter.Read(read);
            memory.Add((Stopwatch.GetElapsedTime(began).TotalSeconds, Environment.WorkingSet / 1e6));
            await Task.Delay(LookEvery);
        }

        meter.Read(read);
        var result = meter.Result();
        await stop.CancelAsync();
        await running;
        var freshness = await LedgerFreshness.OfAsync(lake, before, Table);
        (result.Steps["p50"], result.Steps["p99"], result.Steps["max"]) = (freshness[0], freshness[1], freshness[2]);
        result.Steps["commits"] = worker.Tally.Commits;
        result.Steps["accepted"] = counts.Accepted;
        foreach (var minute in new[] { 1, 5, 30, 60 })
            if (memory[^1].Seconds >= minute * 60)
                result.Steps[$"mb_{minute}"] = memory.First(one => one.Seconds >= minute * 60).Megabytes;
        result.Steps["mb_end"] = memory[^1].Megabytes;
        return result;
    }
}
