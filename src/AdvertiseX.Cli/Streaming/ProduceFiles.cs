using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Ingest;
using AdvertiseX.Cli.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Producing;
using AdvertiseX.Reports;
using AdvertiseX.Sources;

namespace AdvertiseX.Cli.Streaming;

/// <summary>Carries out <c>adx produce</c>.</summary>
internal static class ProduceFiles
{
    public static async Task<int> RunAsync(
        IReadOnlyList<string> paths,
        IReadOnlyList<CompiledContract> contracts,
        AdxSettings settings,
        bool json,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var sources = new SourceCatalog(contracts).Find(paths);
        IngestPlan.NoteSkipped(sources.Skipped, terminal);
        if (sources.Sources.Count == 0)
            throw new SourceException($"nothing was sent: no file of a feed was found in {string.Join(", ", paths)}");
        var log = new EventLog(terminal, json || settings.Telemetry.LogFormat == "json");
        using var schemas = new SchemaRegistration(
            settings.Registry,
            settings.Produce.MessageTimeout,
            terminal.Clock,
            log.Write
        );
        var started = terminal.Clock.GetTimestamp();
        var report = await ProgressBar.RunAsync(
            terminal,
            "sending",
            latest =>
                FileProducer.RunAsync(
                    sources,
                    KafkaFeed.AllOf(settings.Kafka, contracts),
                    settings.Kafka,
                    settings.Topics.MaxMessageBytes,
                    settings.Produce,
                    schemas,
                    terminal.Clock,
                    log.Write,
                    records => terminal.Note(Line(records)),
                    records => latest.Report(new(records, 0, "records")),
                    cancellation
                )
        );
        var took = terminal.Clock.GetElapsedTime(started);
        foreach (var file in report.Broken)
            terminal.Note($"adx: {file.Path} broke off: {file.Reason}; what came before was sent");
        if (json)
            PrintJson(report, took, terminal);
        else
            Print(report, took, terminal);
        if (report.Failure is { } failure)
            terminal.Note($"adx: not everything was read: {failure}");
        return report.IsComplete ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Line(UndeliveredRecords records) =>
        records.Count == 1
            ? $"adx: not delivered to {records.Topic}: the record at byte {records.From} of {records.Path}: {records.Reason}"
            : $"adx: not delivered to {records.Topic}: {Amounts.Count(records.Count)} records, bytes {records.From} to {records.To} of {records.Path}: {records.Reason}";

    private static void Print(ProduceReport report, TimeSpan took, Terminal terminal)
    {
        var table = new TextTable("topic", "records", "sent", "acknowledged", "not delivered", "acknowledged up to")
        {
            LeftColumns = [0, 5],
        };
        foreach (var topic in report.Topics)
            table.Add(
                topic.Topic,
                Amounts.Count(topic.Records),
                Amounts.Count(topic.Sent),
                Amounts.Count(topic.Acknowledged),
                Amounts.Count(topic.Records - topic.Acknowledged),
                topic.AcknowledgedUpTo is var (path, offset)
                    ? $"byte {offset} of {TerminalText.Visible(path)}"
                    : "nothing"
            );
        table.Write(terminal.Text);
        terminal.Text.WriteLine($"{Amounts.Duration(took)}");
    }

    private static void PrintJson(ProduceReport report, TimeSpan took, Terminal terminal) =>
        terminal.WriteJson(
            new
            {
                Topics = report.Topics.Select(topic => new
                {
                    topic.Topic,
                    topic.Records,
                    topic.Sent,
                    topic.Acknowledged,
                    NotDelivered = topic.Records - topic.Acknowledged,
                    AcknowledgedPath = topic.AcknowledgedUpTo?.Path,
                    AcknowledgedOffset = topic.AcknowledgedUpTo?.Offset,
                }),
                Complete = report.IsComplete,
                Seconds = Math.Round(took.TotalSeconds, 3),
            }
        );
}
