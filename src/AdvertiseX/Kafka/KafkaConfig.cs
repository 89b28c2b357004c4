using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka;

/// <summary>Configuration of clients.</summary>
internal static class KafkaConfig
{
    // librdkafka's.
    private const int DefaultMaxPollIntervalMs = 300_000;

    /// <summary>Properties that promises of the stream depend on, with librdkafka's other names of them, and those
    /// that have a key of their own.</summary>
    private static readonly string[] Reserved =
    [
        "acks",
        "auto.commit.enable",
        "auto.commit.interval.ms",
        "auto.offset.reset",
        "bootstrap.servers",
        "delivery.report.only.error",
        "delivery.timeout.ms",
        "enable.auto.commit",
        "enable.auto.offset.store",
        "enable.gapless.guarantee",
        "enable.idempotence",
        "enable.partition.eof",
        "group.id",
        "group.protocol",
        "group.remote.assignor",
        "isolation.level",
        "max.in.flight",
        "max.in.flight.requests.per.connection",
        "message.max.bytes",
        "message.send.max.retries",
        "message.timeout.ms",
        "metadata.broker.list",
        "msg_order_cmp",
        "offset.store.method",
        "offset.store.path",
        "offset.store.sync.interval.ms",
        "partition.assignment.strategy",
        "partitioner",
        "partitioner_cb",
        "plugin.library.paths",
        "produce.offset.report",
        "queue.buffering.max.kbytes",
        "queue.buffering.max.messages",
        "queuing.strategy",
        "request.required.acks",
        "retries",
        "topic.blacklist",
        "transaction.timeout.ms",
        "transactional.id",
    ];

    /// <summary>Beginnings of properties that are no cluster's: of the .NET client, and of a cluster that is only
    /// pretended.</summary>
    private static readonly string[] ReservedBeginnings = ["dotnet.", "test."];

    /// <summary>What every client of the cluster needs.</summary>
    /// <exception cref="SourceException">The file of properties cannot be read, or holds what it may not.</exception>
    public static ClientConfig OfClient(KafkaOptions options)
    {
        var config = new ClientConfig
        {
            BootstrapServers = options.Brokers,
            ClientId = "adx",
            LogConnectionClose = false,
        };
        foreach (var (name, value) in PropertiesOf(options.PropertiesFile))
            config.Set(name, value);
        return config;
    }

    /// <summary>What a worker's consumer needs.</summary>
    /// <param name="options">Brokers, group and properties.</param>
    /// <param name="endsAtEnd">Whether the consumer says when it is at the end of a partition.</param>
    /// <exception cref="SourceException">The file of properties cannot be read, or holds what it may not.</exception>
    public static ConsumerConfig OfWorker(KafkaOptions options, bool endsAtEnd)
    {
        var config = new ConsumerConfig
        {
            GroupId = options.Group,
            // The ledger says where to read from. The broker is told for those who watch lag, in the background.
            EnableAutoOffsetStore = false,
            EnableAutoCommit = true,
            AutoCommitIntervalMs = 1000,
            AutoOffsetReset = AutoOffsetReset.Error,
            IsolationLevel = IsolationLevel.ReadCommitted,
            AllowAutoCreateTopics = false,
            EnablePartitionEof = endsAtEnd,
            // A topic that is made later, or gets partitions, is noticed after this time.
            TopicMetadataRefreshIntervalMs = 30_000,
            // Fewer, larger answers, a tenth of the default interval of commits late at most.
            FetchMinBytes = 64 << 10,
            FetchWaitMaxMs = 200,
        };
        if (options.GroupProtocol == "consumer")
            config.GroupProtocol = GroupProtocol.Consumer;
        else
            config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        foreach (var (name, value) in OfClient(options))
            config.Set(name, value);
        return config;
    }

    /// <summary>Fails if a worker may be silent for longer, while partitions go and come, than its group waits for
    /// it.</summary>
    /// <param name="config">Configuration of the consumer.</param>
    /// <param name="drain">How long it takes at most to commit what it has read.</param>
    /// <param name="open">How long it takes at most to open partitions.</param>
    /// <exception cref="SourceException">The two contradict each other.</exception>
    public static void RequirePollInterval(ConsumerConfig config, TimeSpan drain, TimeSpan open)
    {
        var interval = TimeSpan.FromMilliseconds(config.MaxPollIntervalMs ?? DefaultMaxPollIntervalMs);
        if (drain + open < interval)
            return;
        var most = interval - open - TimeSpan.FromSeconds(1);
        var least = (drain + open).TotalMilliseconds + 1;
        throw new SourceException(
            most < TimeSpan.FromSeconds(1)
                ? $"max.poll.interval.ms is {interval.TotalMilliseconds:0}: with live.drain_seconds at {drain.TotalSeconds:0} it is {least:0} or more"
                : $"live.drain_seconds is {drain.TotalSeconds:0}: with max.poll.interval.ms at {interval.TotalMilliseconds:0} it is 1 to {most.TotalSeconds:0}"
        );
    }

    private static IEnumerable<(string Name, string Value)> PropertiesOf(string file)
    {
        if (file.Length == 0)
            yield break;
        foreach (var line in Read(file))
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            var at = text.IndexOf('=');
            if (at <= 0)
                throw new SourceException(
                    $"{file}: a line of kafka.properties_file is name=value; one without = is there"
                );
            var name = text[..at].Trim();
            if (
                Reserved.Contains(name)
                || ReservedBeginnings.Any(each => name.StartsWith(each, StringComparison.Ordinal))
            )
                throw new SourceException(
                    $"{file}: {name} may not be set; adx sets it, or has a key of its own for it"
                );
            yield return (name, text[(at + 1)..].Trim());
        }
    }

    private static string[] Read(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{file}: kafka.properties_file cannot be read: {failed.Message}");
        }
    }
}
