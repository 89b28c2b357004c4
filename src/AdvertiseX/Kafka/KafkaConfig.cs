using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka;

/// <summary>Configuration of clients.</summary>
internal static class KafkaConfig
{
    /// <summary>What every client of the cluster needs.</summary>
    /// <exception cref="SourceException">The file of properties cannot be read.</exception>
    public static ClientConfig OfClient(KafkaOptions options)
    {
        var config = new ClientConfig
        {
            BootstrapServers = options.Brokers,
            ClientId = "adx",
            // Brokers that cannot be reached for a moment are no news.
            LogConnectionClose = false,
        };
        foreach (var (name, value) in PropertiesOf(options.PropertiesFile))
            config.Set(name, value);
        return config;
    }

    /// <summary>That of a worker's consumer.</summary>
    /// <exception cref="SourceException">The file of properties cannot be read.</exception>
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
            // Fewer, larger answers: a tenth of an interval of commits costs nobody anything.
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
            yield return (text[..at].Trim(), text[(at + 1)..].Trim());
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
