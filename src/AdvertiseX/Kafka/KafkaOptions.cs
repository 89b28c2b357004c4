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

    /// <summary>What a value is that cannot work, with its key and what is allowed; null if none is.</summary>
    public string? Complaint
    {
        get
        {
            (string Key, string Topic)[] topics =
            [
                ("kafka.impressions_topic", ImpressionsTopic),
                ("kafka.clicks_conversions_topic", ClicksConversionsTopic),
                ("kafka.bid_requests_topic", BidRequestsTopic),
                ("kafka.dead_letter_topic", DeadLetterTopic),
            ];
            if (GroupProtocol is not ("classic" or "consumer"))
                return $"kafka.group_protocol is \"{GroupProtocol}\"; allowed: classic, consumer";
            foreach (var (key, topic) in topics)
                if (topic.Length > 0 && !IsTopic(topic))
                    return $"{key} is \"{topic}\"; allowed: 1 to {MostTopicLetters} of a-z, A-Z, 0-9, '.', '_' and '-', not . or ..; or empty for none";
            if (topics[..^1].All(each => each.Topic.Length == 0))
                return "the topics of all feeds are empty; allowed: at least one of kafka.impressions_topic, kafka.clicks_conversions_topic and kafka.bid_requests_topic";
            for (var at = 1; at < topics.Length; at++)
            {
                var (key, topic) = topics[at];
                // Records of one topic cannot be of two feeds, and rejects that are read again are rejected again.
                if (topic.Length > 0 && topics[..at].FirstOrDefault(each => each.Topic == topic).Key is { } other)
                    return $"{key} is \"{topic}\", which {other} is too; allowed: a topic of its own, or empty for none";
            }

            return null;
        }
    }

    private const int MostTopicLetters = 249;

    /// <summary>Whether Kafka allows a topic of the name.</summary>
    private static bool IsTopic(string name) =>
        name.Length <= MostTopicLetters
        && name is not ("." or "..")
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
