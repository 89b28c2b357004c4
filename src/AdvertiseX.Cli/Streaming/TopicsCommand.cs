using System.CommandLine;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Kafka;

namespace AdvertiseX.Cli.Streaming;

/// <summary><c>adx topics</c>: the topics that workers read and write.</summary>
internal static class TopicsCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("topics", "Make the topics of the feeds and that of dead letters, or check them.")
        {
            Examples =
            [
                ("adx topics create --brokers localhost:9092", "the four topics, three copies of each record"),
                ("adx topics create --brokers localhost:9092 --replication 1", "on a single broker, to try it out"),
            ],
        }.With(
            Command(
                terminal,
                "create",
                "Make the topics that are not there.",
                "those that exist stay as they are",
                async (topics, show) =>
                {
                    var made = await topics.CreateAsync();
                    return show(await topics.CheckAsync(), made);
                }
            ),
            Command(
                terminal,
                "check",
                "Compare the topics with what they should be.",
                "a line for each thing that differs, and then exit code 1",
                async (topics, show) => show(await topics.CheckAsync(), [])
            )
        );

    private delegate int Show(IReadOnlyList<TopicState> topics, IReadOnlyList<string> made);

    private static AdxCommand Command(
        Terminal terminal,
        string name,
        string description,
        string does,
        Func<KafkaTopics, Show, Task<int>> run
    )
    {
        var brokers = StreamOptions.Brokers(terminal);
        var partitions = SharedOptions.Named<int?>("--partitions", "Partitions of each topic (topics.partitions)", "N");
        var replication = SharedOptions.Named<int?>(
            "--replication",
            "Copies of each record, on as many brokers (topics.replication)",
            "N"
        );
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand(name, description)
        {
            Examples = [($"adx topics {name} --brokers localhost:9092", does)],
        }.With(brokers, partitions, replication, json);
        command.Runs(
            async (parsed, given, _) =>
            {
                var settings = given.With(parsed.GetValue(brokers), group: null);
                var wanted = Options(settings, parsed.GetValue(partitions), parsed.GetValue(replication));
                using var topics = new KafkaTopics(settings.Kafka, wanted);
                return await run(topics, (states, made) => Print(states, made, parsed.GetValue(json), terminal));
            }
        );
        return command;
    }

    /// <summary>The options of topics with what the command line says.</summary>
    /// <exception cref="UsageException">A value is not allowed.</exception>
    private static TopicOptions Options(AdxSettings settings, int? partitions, int? replication)
    {
        if (!TopicOptions.Compressions.Contains(settings.Topics.Compression))
            throw new UsageException(
                $"topics.compression is \"{settings.Topics.Compression}\"; allowed: {string.Join(", ", TopicOptions.Compressions)}"
            );
        return settings.Topics with
        {
            Partitions = partitions is { } count
                ? (int)Usage.Allowed<TopicOptions>("--partitions", count, nameof(TopicOptions.Partitions))
                : settings.Topics.Partitions,
            Replication = replication is { } copies
                ? (int)Usage.Allowed<TopicOptions>("--replication", copies, nameof(TopicOptions.Replication))
                : settings.Topics.Replication,
        };
    }

    private static int Print(IReadOnlyList<TopicState> topics, IReadOnlyList<string> made, bool json, Terminal terminal)
    {
        if (json)
            terminal.WriteJson(
                topics.Select(each => new
                {
                    each.Topic,
                    Created = made.Contains(each.Topic),
                    each.Partitions,
                    each.Replication,
                    each.Differences,
                })
            );
        else
            foreach (var topic in topics)
            {
                if (made.Contains(topic.Topic))
                    terminal.Text.WriteLine(
                        $"{topic.Topic}: made, {topic.Partitions} partitions, replication {topic.Replication}"
                    );
                else if (topic.Differences.Count == 0)
                    terminal.Text.WriteLine(
                        $"{topic.Topic}: as it should be, {topic.Partitions} partitions, replication {topic.Replication}"
                    );
                foreach (var line in topic.Differences)
                    terminal.Text.WriteLine($"{topic.Topic}: {line}");
            }

        return topics.All(topic => topic.Differences.Count == 0) ? ExitCode.Done : ExitCode.Failed;
    }
}
