using System.CommandLine;
using AdvertiseX.Cli.Configuration;

namespace AdvertiseX.Cli.Streaming;

/// <summary><c>adx stream</c>: topics to facts.</summary>
internal static class StreamCommand
{
    public static Command Create(Terminal terminal)
    {
        var brokers = Brokers(terminal);
        var lake = SharedOptions.Lake(terminal);
        var group = SharedOptions.Named<string?>(
            "--group",
            "Consumer group whose members share the partitions (kafka.group)",
            "NAME"
        );
        var once = new Option<bool>("--once") { Description = "End when everything that is in the topics is read" };
        var json = SharedOptions.Json("Print one JSON object at the end, and one a line for what happens meanwhile");
        var command = new AdxCommand("stream", "Read the topics of the three feeds into the lake, until it is stopped.")
        {
            Examples =
            [
                (
                    "adx stream --brokers localhost:9092 --lake ./lake",
                    "a worker; start several, and they share the partitions"
                ),
                ("adx stream --brokers localhost:9092 --once", "read what is there and end"),
            ],
        }.With(brokers, lake, group, once, json);
        command.Runs(
            (parsed, settings, cancellation) =>
                StreamRun.RunAsync(
                    new StreamRequest(WithOptions(settings, parsed.GetValue(brokers), parsed.GetValue(group)))
                    {
                        Once = parsed.GetValue(once),
                        Json = parsed.GetValue(json),
                    },
                    terminal,
                    cancellation
                )
        );
        return command;
    }

    /// <summary>--brokers: the option, else ADX_KAFKA_BROKERS, else kafka.brokers of the configuration.</summary>
    private static Option<string?> Brokers(Terminal terminal) =>
        new("--brokers")
        {
            Description = "Brokers, divided by commas; else ADX_KAFKA_BROKERS, else kafka.brokers of the configuration",
            HelpName = "HOST:PORT",
            DefaultValueFactory = _ => terminal.Variable("ADX_KAFKA_BROKERS") is { Length: > 0 } given ? given : null,
        };

    private static AdxSettings WithOptions(AdxSettings settings, string? brokers, string? group)
    {
        var kafka = settings.Kafka with
        {
            Brokers = brokers ?? settings.Kafka.Brokers,
            Group = group ?? settings.Kafka.Group,
        };
        if (kafka.Brokers.Length == 0)
            throw new UsageException("no brokers: give --brokers HOST:PORT, ADX_KAFKA_BROKERS or kafka.brokers");
        if (kafka.Group.Length == 0)
            throw new UsageException("--group is empty; allowed: a name");
        if (kafka.GroupProtocol is not ("classic" or "consumer"))
            throw new UsageException($"kafka.group_protocol is \"{kafka.GroupProtocol}\"; allowed: classic, consumer");
        return settings with { Kafka = kafka };
    }
}
