using System.Text.Json;
using AdvertiseX.Cli.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Kafka;
using AdvertiseX.Messages;

namespace AdvertiseX.Cli.Streaming;

/// <summary>Carries out a <see cref="StreamRequest"/>.</summary>
internal static class StreamRun
{
    public static async Task<int> RunAsync(StreamRequest request, Terminal terminal, CancellationToken cancellation)
    {
        var settings = request.Settings;
        using var lake = await settings.OpenLakeAsync(terminal, cancellation, create: true);
        var worker = new KafkaWorker(
            new IngestEnvironment(lake) { Options = settings.Ingest, Clock = terminal.Clock },
            settings.Live,
            settings.Kafka,
            FeedsOf(settings.Kafka),
            new KnownSchemas([]),
            notice => Show(notice, request.Json, terminal)
        );
        var started = terminal.Clock.GetTimestamp();
        await worker.RunAsync(request.Once, cancellation);
        Summarize(worker, lake.Ledger.Version, terminal.Clock.GetElapsedTime(started), request, terminal);
        return ExitCode.Done;
    }

    private static List<KafkaFeed> FeedsOf(KafkaOptions kafka)
    {
        var feeds = new List<KafkaFeed>();
        Add(kafka.ImpressionsTopic, Feed.Impressions);
        Add(kafka.ClicksConversionsTopic, Feed.ClicksConversions);
        Add(kafka.BidRequestsTopic, Feed.BidRequests);
        return feeds;

        void Add(string topic, Feed feed)
        {
            if (topic.Length > 0)
                feeds.Add(new KafkaFeed(topic, ContractFile.ShippedFor(feed)));
        }
    }

    private static void Show(KafkaNotice notice, bool json, Terminal terminal)
    {
        var kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(notice.Kind.ToString());
        if (json)
            terminal.Note(
                JsonSerializer.Serialize(new Dictionary<string, string> { ["event"] = kind, ["text"] = notice.Text })
            );
        else
            terminal.Note($"adx: {kind}: {TextOf(notice)}");
    }

    private static string TextOf(KafkaNotice notice) => ShownText.Of(notice.Text, 1000);

    private static void Summarize(
        KafkaWorker worker,
        long ledgerVersion,
        TimeSpan took,
        StreamRequest request,
        Terminal terminal
    )
    {
        if (request.Json)
        {
            var result = new Dictionary<string, object>();
            foreach (var kind in Enum.GetValues<EventKind>())
            {
                var counts = worker.CountsOf(kind);
                result[FactTables.Of(kind).Name] = new
                {
                    counts.Received,
                    counts.Accepted,
                    counts.Duplicate,
                    counts.Rejected,
                    counts.Filtered,
                };
            }

            result["commits"] = worker.Commits;
            result["ledger_version"] = ledgerVersion;
            result["seconds"] = Math.Round(took.TotalSeconds, 3);
            terminal.WriteJson(result);
            return;
        }

        var table = new TextTable("", "received", "accepted", "duplicate", "rejected", "filtered");
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            var counts = worker.CountsOf(kind);
            table.Add(
                FactTables.Of(kind).Name,
                Amounts.Count(counts.Received),
                Amounts.Count(counts.Accepted),
                Amounts.Count(counts.Duplicate),
                Amounts.Count(counts.Rejected),
                Amounts.Count(counts.Filtered)
            );
        }

        table.Write(terminal.Text);
        terminal.Text.WriteLine(
            $"{Amounts.Count(worker.Commits)} commits in {Amounts.Duration(took)}; {request.Settings.LakePath} is at ledger version {ledgerVersion}"
        );
    }
}
