using AdvertiseX.Cli.Configuration;
using AdvertiseX.Ingestion;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Registry;
using AdvertiseX.Server;
using AdvertiseX.Sources;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Cli.Streaming;

/// <summary>Carries out a <see cref="StreamRequest"/>: a worker, and beside it models, compaction and vacuum.</summary>
internal static class StreamRun
{
    public static async Task<int> RunAsync(StreamRequest request, Terminal terminal, CancellationToken cancellation)
    {
        var log = new EventLog(terminal, request.Json || request.Settings.Telemetry.LogFormat == "json");
        try
        {
            return await StreamAsync(request, log, terminal, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            const string Line = "what was read and not committed is read again by the next worker";
            if (log.IsJson)
                log.Write("info", "stopped", Line);
            else
                terminal.Note($"adx: stopped; {Line}");
        }
        catch (Exception error) when (log.IsJson && Failure.Of(error) is { Line: { } line } failure)
        {
            log.Write("error", "failed", line);
            return failure.Code;
        }

        return ExitCode.Done;
    }

    private static async Task<int> StreamAsync(
        StreamRequest request,
        EventLog log,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var settings = request.Settings;
        await using var watch = await StreamWatch.StartAsync(settings, log, terminal.Clock);
        using var lake = await settings.OpenLakeAsync(terminal, cancellation, create: true);
        using var giveUp = new CancellationTokenSource();
        using var stopping = cancellation.Register(() =>
        {
            watch.Health.Stopping();
            giveUp.CancelAfter(settings.Live.DrainTime);
        });
        var known = SchemaFolder.Read(settings.Registry);
        using var own = new SchemaRegistry(lake.Store, terminal.Clock);
        using var registry = new RegistrySchemas(settings.Registry, known, terminal.Clock, watch.Take, giveUp.Token);
        var environment = new WorkerEnvironment(
            new IngestEnvironment(lake) { Options = settings.Ingest, Clock = terminal.Clock },
            settings.Kafka,
            KafkaFeed.AllOf(settings.Kafka, request.Contracts),
            settings.Registry.Url.Length > 0
                ? registry
                : new NoRegistry(new ServedSchemas(own, known, terminal.Clock, giveUp.Token), watch.Take),
            LiveTelemetry.Default,
            watch.Log.Write
        )
        {
            Health = watch.Health,
        };
        var missing = await TellDifferencesAsync(settings, environment);
        var started = terminal.Clock.GetTimestamp();
        var worker = new KafkaWorker(environment, settings.Live);
        await using (new StreamModels(request, lake, terminal, watch.Take))
            await worker.RunAsync(request.Once, cancellation);
        StreamSummary.Print(worker.Tally, lake, terminal.Clock.GetElapsedTime(started), request, terminal);
        if (!request.Once || missing.Count == 0)
            return ExitCode.Done;
        throw new SourceException(
            $"there is no topic {string.Join(" and no ", missing)}, so nothing was read of it; adx topics create makes it, and its key is empty where there is to be none"
        );
    }

    // The worker reads the topics as they are.
    /// <returns>Topics of feeds that are not there.</returns>
    private static async Task<IReadOnlyList<string>> TellDifferencesAsync(
        AdxSettings settings,
        WorkerEnvironment environment
    )
    {
        try
        {
            using var topics = new KafkaTopics(settings.Kafka, settings.Topics);
            var states = await topics.CheckAsync();
            foreach (var topic in states)
            foreach (var line in topic.Differences)
                environment.Tell(KafkaNoticeKind.TopicDiffers, $"{topic.Topic}: {line}", ("topic", topic.Topic));
            return
            [
                .. states
                    .Where(topic => topic.Partitions is null)
                    .Select(topic => topic.Topic)
                    .Intersect(environment.Feeds.Select(feed => feed.Topic)),
            ];
        }
        catch (IOException failed)
        {
            environment.Tell(KafkaNoticeKind.Outage, $"the topics cannot be checked: {failed.Message}");
            return [];
        }
    }
}
