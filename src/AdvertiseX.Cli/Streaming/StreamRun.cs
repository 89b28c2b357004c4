using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Kafka;
using AdvertiseX.Lake;
using AdvertiseX.Messages;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Cli.Streaming;

/// <summary>Carries out a <see cref="StreamRequest"/>: a worker, and beside it models, compaction and vacuum.</summary>
internal static class StreamRun
{
    public static async Task<int> RunAsync(StreamRequest request, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            await StreamAsync(request, terminal, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            terminal.Note("adx: stopped; what was read and not committed is read again by the next worker");
        }

        return ExitCode.Done;
    }

    private static async Task StreamAsync(StreamRequest request, Terminal terminal, CancellationToken cancellation)
    {
        var settings = request.Settings;
        using var lake = await settings.OpenLakeAsync(terminal, cancellation, create: true);
        using var giveUp = new CancellationTokenSource();
        using var stopping = cancellation.Register(() => giveUp.CancelAfter(settings.Live.DrainTime));
        void Notice(KafkaNotice notice) => StreamNotices.Show(notice, request.Json, terminal);
        var known = SchemaFolder.Read(settings.Registry);
        using var registry = new RegistrySchemas(settings.Registry, known, terminal.Clock, Notice, giveUp.Token);
        var worker = new KafkaWorker(
            new IngestEnvironment(lake) { Options = settings.Ingest, Clock = terminal.Clock },
            settings.Live,
            settings.Kafka,
            FeedsOf(settings.Kafka),
            settings.Registry.Url.Length > 0 ? registry : known,
            LiveTelemetry.Default,
            Notice
        );
        await CheckTopicsAsync(settings, Notice);
        var started = terminal.Clock.GetTimestamp();
        await using (new StreamModels(request, lake, terminal, Notice))
            await worker.RunAsync(request.Once, cancellation);
        Summarize(worker, lake, terminal.Clock.GetElapsedTime(started), request, terminal);
    }

    // A line for each thing that differs; the worker reads the topics as they are.
    private static async Task CheckTopicsAsync(AdxSettings settings, Action<KafkaNotice> notices)
    {
        try
        {
            using var topics = new KafkaTopics(settings.Kafka, settings.Topics);
            foreach (var topic in await topics.CheckAsync())
            foreach (var line in topic.Differences)
                notices(new(KafkaNoticeKind.TopicDiffers, $"{topic.Topic}: {line}"));
        }
        catch (IOException failed)
        {
            notices(new(KafkaNoticeKind.Outage, $"the topics cannot be checked: {failed.Message}"));
        }
    }

    /// <summary>The topics of the configuration, by the contracts that come with the program.</summary>
    public static IReadOnlyList<KafkaFeed> FeedsOf(KafkaOptions kafka)
    {
        (string Topic, Feed Feed)[] topics =
        [
            (kafka.ImpressionsTopic, Feed.Impressions),
            (kafka.ClicksConversionsTopic, Feed.ClicksConversions),
            (kafka.BidRequestsTopic, Feed.BidRequests),
        ];
        return
        [
            .. topics
                .Where(each => each.Topic.Length > 0)
                .Select(each => new KafkaFeed(each.Topic, ContractFile.ShippedFor(each.Feed))),
        ];
    }

    private static void Summarize(
        KafkaWorker worker,
        DataLake lake,
        TimeSpan took,
        StreamRequest request,
        Terminal terminal
    )
    {
        if (request.Json)
        {
            var result = Enum.GetValues<EventKind>()
                .ToDictionary(kind => FactTables.Of(kind).Name, kind => CountsOf(worker.CountsOf(kind)));
            result["commits"] = worker.Commits;
            result["ledger_version"] = lake.Ledger.Version;
            result["seconds"] = Math.Round(took.TotalSeconds, 3);
            terminal.WriteJson(result);
            return;
        }

        CountsTable.Of(worker.CountsOf).Write(terminal.Text);
        terminal.Text.WriteLine(
            $"{Amounts.Count(worker.Commits)} {(worker.Commits == 1 ? "commit" : "commits")} in {Amounts.Duration(took)}; {request.Settings.LakePath} is at ledger version {lake.Ledger.Version}"
        );
    }

    private static object CountsOf(KindCounts counts) =>
        new
        {
            counts.Received,
            counts.Accepted,
            counts.Duplicate,
            counts.Rejected,
            counts.Filtered,
        };
}
