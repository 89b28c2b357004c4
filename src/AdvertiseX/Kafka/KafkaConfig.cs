using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka;

/// <summary>Configuration of clients.</summary>
internal static class KafkaConfig
{
    /// <summary>Properties that promises of the stream depend on, and those that have a key of their own.</summary>
    private static readonly string[] Reserved =
    [
        "acks",
        "auto.offset.reset",
        "bootstrap.servers",
        "enable.auto.commit",
        "enable.auto.offset.store",
        "enable.idempotence",
        "enable.partition.eof",
        "group.id",
        "group.protocol",
        "isolation.level",
        "metadata.broker.list",
        "partition.assignment.strategy",
        "request.required.acks",
    ];

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
            if (Reserved.Contains(name))
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
