using System.CommandLine;
using AdvertiseX.Kafka;

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
                    StreamStatusTable.Write(partitions, terminal.Clock.GetUtcNow(), terminal.Text);
                foreach (var topic in KafkaFeed.AllOf(settings.Kafka).Select(feed => feed.Topic))
                    if (partitions.All(each => each.Topic != topic))
                        terminal.Note($"adx: there is no topic {topic}; adx topics create makes it");
                return ExitCode.Done;
            }
        );
        return command;
    }
}
