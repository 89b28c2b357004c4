using AdvertiseX.Lake.Storage;
using AdvertiseX.Telemetry;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>Where a consumer stands in its partitions, and what the broker is told of that. For the thread that
/// reads.</summary>
internal sealed class ConsumerPositions(IConsumer<Ignore, Ignore> consumer, LiveTelemetry telemetry)
{
    /// <summary>The offset that is read next: behind markers of transactions and records of aborted ones, which are
    /// never handed out. Null if nothing was read yet.</summary>
    public long? Of(KafkaPartition partition)
    {
        try
        {
            return consumer.Position(partition.Partition) is { IsSpecial: false } position ? position.Value : null;
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    /// <summary>Measures how far a partition is behind, by what the broker said last of its end.</summary>
    public void MeasureLag(KafkaPartition partition)
    {
        var topic = partition.Partition;
        if (WatermarksOf(topic) is not { High: { IsSpecial: false } end, Low: var oldest })
            return;
        var position = Of(partition) ?? Math.Max(partition.Next, oldest.Value);
        telemetry.Lag(topic.Topic, topic.Partition.Value, partition.Lag = Math.Max(0, end.Value - position));
    }

    /// <summary>Tells the broker what is in the ledger, unless it was told before. Only tools that show lag, and dead
    /// letters that are sent again, depend on that.</summary>
    public void TellCommitted(KafkaPartition partition)
    {
        if (partition.TakeCommitted() is not { } committed)
            return;
        try
        {
            consumer.StoreOffset(new TopicPartitionOffset(partition.Partition, committed));
            FaultPoint.Reach("kafka: broker told");
        }
        catch (KafkaException)
        {
            // Another worker has the partition; that one tells.
        }
    }

    private WatermarkOffsets? WatermarksOf(TopicPartition partition)
    {
        try
        {
            return consumer.GetWatermarkOffsets(partition);
        }
        catch (KafkaException)
        {
            return null;
        }
    }
}
