using AdvertiseX.Sources;
using AdvertiseX.Telemetry;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>The partitions that a worker reads now. For the thread that reads.</summary>
/// <param name="telemetry">Counts what is handed on.</param>
internal sealed class OpenPartitions(LiveTelemetry telemetry) : IDisposable
{
    private readonly Dictionary<TopicPartition, KafkaPartition> _open = [];

    // librdkafka has one address for a topic as long as the consumer lives.
    private readonly Dictionary<(nint Topic, int Partition), KafkaPartition> _byAddress = [];

    public IReadOnlyCollection<KafkaPartition> All => _open.Values;

    public KafkaPartition? Find(TopicPartition partition) => _open.GetValueOrDefault(partition);

    /// <summary>The partition that a message is of; null if another worker has it by now, or the message is of
    /// none.</summary>
    public KafkaPartition? Find(in RdKafkaMessage message)
    {
        var address = (message.Topic, message.Partition);
        if (_byAddress.TryGetValue(address, out var partition))
            return partition;
        if (
            message.Topic == 0
            || !_open.TryGetValue(new(RdKafkaConsuming.TopicName(message.Topic), message.Partition), out partition)
        )
            return null;
        return _byAddress[address] = partition;
    }

    /// <summary>False if the partition was given up, or is read anew as another object.</summary>
    public bool Holds(KafkaPartition partition) => Find(partition.Partition) == partition;

    public void Add(KafkaPartition partition)
    {
        _open.Add(partition.Partition, partition);
        _byAddress.Clear();
        telemetry.Came(partition.Partition.Topic, partition.Partition.Partition.Value);
    }

    /// <summary>Ends the reading of a partition; what was read of it and is not in the ledger is dropped.</summary>
    public void GiveUp(TopicPartition partition)
    {
        if (!_open.Remove(partition, out var reading))
            return;
        _byAddress.Clear();
        reading.GiveUp();
        reading.Dispose();
        telemetry.Left(partition.Topic, partition.Partition.Value);
    }

    /// <summary>Hands on what was read of a partition since the last time.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="intake">Takes it.</param>
    /// <param name="position">Where the consumer stands, behind markers of transactions; null to end after the last
    /// message.</param>
    public void HandOn(KafkaPartition partition, ILiveIntake intake, long? position)
    {
        telemetry.Read(partition.Partition.Topic, partition.Messages, partition.FilledBytes, partition.Tombstones);
        if (partition.Cut(position) is { } block)
            intake.Add(partition, block);
    }

    public void Dispose()
    {
        foreach (var partition in _open.Keys.ToList())
            GiveUp(partition);
    }
}
