using AdvertiseX.Lake;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// Passes over records that were removed before they were read: an entry of the ledger says which, an operator is told,
/// and reading goes on at the oldest record. For the thread that reads.
/// </summary>
internal sealed class RetentionGaps(
    WorkerEnvironment environment,
    IConsumer<Ignore, Ignore> consumer,
    OpenPartitions partitions,
    PartitionOpener opener,
    ConsumerPositions positions,
    TopicWatch topics
)
{
    private static readonly TimeSpan WatermarkPatience = TimeSpan.FromSeconds(10);
    private readonly Queue<KafkaPartition> _found = [];

    /// <summary>The broker has no record at the position of a partition.</summary>
    public void Add(KafkaPartition partition) => _found.Enqueue(partition);

    /// <summary>Passes over what is gone of one of the partitions that were added: it may wait for a commit, and the
    /// group for this member.</summary>
    /// <exception cref="IOException">The lake or the cluster does not answer.</exception>
    /// <exception cref="SourceException">A partition ends before its position.</exception>
    public void Pass(ILiveIntake intake)
    {
        while (_found.TryDequeue(out var partition))
        {
            if (!partitions.Holds(partition))
                continue;
            if (!TryPass(partition, intake))
                _found.Enqueue(partition);
            return;
        }
    }

    // False if it is to be tried again.
    private bool TryPass(KafkaPartition partition, ILiveIntake intake)
    {
        // Nothing is gone of a topic that was made anew.
        if (topics.FindReplacedAsync([partition]).AsTask().GetAwaiter().GetResult().Count > 0)
            return true;
        var there = consumer.QueryWatermarkOffsets(partition.Partition, WatermarkPatience);
        if (partition.Next > there.High)
            throw new SourceException(
                $"Kafka: {partition.Name} ends at {there.High}, and was read up to {partition.Next}: its log was cut, and its offsets cannot be told from those read before"
            );
        // What was read before the gap has to be in the ledger before the gap.
        partitions.HandOn(partition, intake, positions.Of(partition));
        if (partition.Next < there.Low)
        {
            if (!intake.Drain())
                return false;
            Record(partition, there.Low);
        }

        opener.Reopen([partition]);
        return true;
    }

    private void Record(KafkaPartition partition, long oldest)
    {
        var (from, ledger) = (partition.Next, environment.Lake.Ledger);
        var gap = new LedgerBatch([new StreamAdvance(partition.Stream, from, oldest, [])], [], ledger.Version)
        {
            Correction = new(LedgerCorrection.RetentionKind),
        };
        // Somebody else who was first has told it.
        if (ledger.CommitAsync(gap).AsTask().GetAwaiter().GetResult() is not LedgerResult.Committed)
            return;
        environment.Telemetry.Gone(partition.Partition.Topic, oldest - from);
        environment.Tell(
            KafkaNoticeKind.RecordsGone,
            $"{partition.Name}: offsets {from} to {oldest - 1} ({oldest - from}) were removed before they were read",
            ("topic", partition.Partition.Topic),
            ("partition", partition.Partition.Partition.Value),
            ("from", from),
            ("to", oldest - 1),
            ("count", oldest - from)
        );
    }
}
