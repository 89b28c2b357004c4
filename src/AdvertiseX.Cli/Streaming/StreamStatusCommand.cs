using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Kafka;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Streaming;

/// <summary><c>adx stream status</c>: how far each partition is.</summary>
internal static class StreamStatusCommand
{
    public static Command Create(Terminal terminal)
    {
        var brokers = StreamOptions.Brokers(terminal);
        var lake = SharedOptions.Lake(terminal);
        var group = StreamOptions.Group();
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand("status", "Lag, rate, freshness and owner of each partition.")
        {
            Examples = [("adx stream status --brokers localhost:9092 --lake ./lake", "a line for each partition")],
        }.With(brokers, lake, group, json);
        command.Runs(
            async (parsed, given, cancellation) =>
            {
                var settings = given.With(parsed.GetValue(brokers), parsed.GetValue(group));
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                var partitions = await StreamStatus.ReadAsync(
                    open,
                    settings.Kafka,
                    KafkaFeed.AllOf(settings.Kafka),
                    cancellation
                );
                if (parsed.GetValue(json))
                    terminal.WriteJson(partitions);
                else
                    Print(partitions, terminal);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Print(IReadOnlyList<PartitionStatus> partitions, Terminal terminal)
    {
        var now = terminal.Clock.GetUtcNow();
        var table = new TextTable(
            "topic",
            "partition",
            "position",
            "end",
            "lag",
            "records/s",
            "last commit",
            "newest event",
            "owner"
        )
        {
            LeftColumns = [0, 8],
        };
        foreach (var each in partitions)
            table.Add(
                each.Topic,
                Amounts.Count(each.Partition),
                each.Position is { } position ? Amounts.Count(position) : "",
                Amounts.Count(each.End),
                Amounts.Count(each.Lag),
                each.RecordsPerSecond.ToString("0.#", CultureInfo.InvariantCulture),
                each.CommittedTime is { } time ? $"{Amounts.Duration(now - time)} ago" : "never",
                each.NewestEventTime is { } newest ? $"{Amounts.Duration(now - newest)} ago" : "none",
                TerminalText.Visible(each.Owner ?? "nobody")
            );
        table.Write(terminal.Text);
    }
}
