namespace AdvertiseX.Kafka;

/// <summary>Names of streams in the ledger: topics are made anew under one name, so their ids tell them
/// apart.</summary>
internal static class KafkaStreamName
{
    public static string Of(string clusterId, string topic, string topicId, int partition) =>
        $"kafka/{clusterId}/{topic}/{topicId}/{partition}";
}
