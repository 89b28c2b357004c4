using AdvertiseX.Configuration;

namespace AdvertiseX.Kafka;

/// <summary>Which Kafka, which topics, and how they are read.</summary>
internal sealed record KafkaOptions
{
    /// <summary>Brokers as host:port, divided by commas; ADX_KAFKA_BROKERS and --brokers beat it.</summary>
    [Option("brokers", MayBeEmpty = true, Key = "kafka.brokers")]
    public string Brokers { get; init; } = "";

    /// <summary>File of properties of librdkafka, one name=value a line, for TLS, SASL and whatever else a cluster
    /// needs.</summary>
    [Option("a file", MayBeEmpty = true, Key = "kafka.properties_file")]
    public string PropertiesFile { get; init; } = "";

    /// <summary>Consumer group whose members share the partitions; --group beats it.</summary>
    [Option("a group", Key = "kafka.group")]
    public string Group { get; init; } = "adx";

    /// <summary>Protocol of the consumer group: classic, or consumer (KIP-848, brokers from 4.0 on).</summary>
    [Option("classic or consumer", Key = "kafka.group_protocol")]
    public string GroupProtocol { get; init; } = "classic";

    /// <summary>Topic of impressions; empty for none.</summary>
    [Option("a topic", MayBeEmpty = true, Key = "kafka.impressions_topic")]
    public string ImpressionsTopic { get; init; } = "ad-impressions";

    /// <summary>Topic of clicks and conversions; empty for none.</summary>
    [Option("a topic", MayBeEmpty = true, Key = "kafka.clicks_conversions_topic")]
    public string ClicksConversionsTopic { get; init; } = "clicks-conversions";

    /// <summary>Topic of bid requests; empty for none.</summary>
    [Option("a topic", MayBeEmpty = true, Key = "kafka.bid_requests_topic")]
    public string BidRequestsTopic { get; init; } = "bid-requests";

    /// <summary>Topic that gets rejected records; empty for none.</summary>
    [Option("a topic", MayBeEmpty = true, Key = "kafka.dead_letter_topic")]
    public string DeadLetterTopic { get; init; } = "ad-dead-letters";
}
