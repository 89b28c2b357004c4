namespace AdvertiseX.Kafka;

/// <summary>Names of streams in the ledger: topics are made anew under one name, so their ids tell them
/// apart.</summary>
internal static class KafkaStreamName
{
    private const int Parts = 5;

    public static string Of(string clusterId, string topic, string topicId, int partition) =>
        $"kafka/{clusterId}/{topic}/{topicId}/{partition}";

    /// <summary>Topic and partition of a stream; empty for one of another kind.</summary>
    public static (string Topic, string Partition) PartitionOf(string stream)
    {
        var parts = stream.Split('/');
        return parts.Length == Parts && parts[0] == "kafka" ? (parts[2], parts[4]) : ("", "");
    }
}
