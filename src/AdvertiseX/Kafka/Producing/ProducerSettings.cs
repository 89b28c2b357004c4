using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Producing;

/// <summary>Configuration of the client that sends files.</summary>
internal static class ProducerSettings
{
    /// <exception cref="SourceException">The file of properties cannot be read.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Of(
        KafkaOptions kafka,
        ProduceOptions options,
        int maxMessageBytes
    )
    {
        var config = new ProducerConfig
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            CompressionType = CompressionType.Zstd,
            // That of Java's producers, so that a user has one partition whoever sends.
            Partitioner = Partitioner.Murmur2Random,
            MessageMaxBytes = maxMessageBytes,
            MessageTimeoutMs = (int)options.MessageTimeout.TotalMilliseconds,
            LingerMs = 20,
        };
        foreach (var (name, value) in KafkaConfig.OfClient(kafka))
            config.Set(name, value);
        // What waits is bounded before it comes to the client: its own limits are never met.
        config.QueueBufferingMaxMessages = DeliveryLog.Capacity * 4;
        config.QueueBufferingMaxKbytes = (int)((options.BufferBytes + maxMessageBytes) >> 10) + 1024;
        return config;
    }
}
