using AdvertiseX.Lake.Storage;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// What the consumer group says to one of its members: partitions come, go, and are lost. librdkafka calls while
/// messages are read, on the same thread, and loses exceptions: <see cref="ThrowIfFailed"/> throws them afterwards.
/// </summary>
internal sealed class GroupMembership(
    WorkerEnvironment environment,
    OpenPartitions partitions,
    PartitionOpener opener,
    ConsumerPositions positions
)
{
    private readonly HashSet<TopicPartition> _leftInRead = [];
    private Exception? _failure;
    private long _rebalanced = environment.Clock.GetTimestamp();

    /// <summary>Takes what was read of partitions that go; null while nothing is read.</summary>
    public ILiveIntake? Intake { get; set; }

    /// <summary>Whether the group has given the member its part.</summary>
    public bool IsMember { get; private set; }

    /// <summary>Time since partitions came or went last, or since the start.</summary>
    public TimeSpan SinceRebalance => environment.Clock.GetElapsedTime(_rebalanced);

    /// <summary>Partitions come.</summary>
    /// <returns>Where to read each from.</returns>
    public IEnumerable<TopicPartitionOffset> Assigned(List<TopicPartition> given)
    {
        _rebalanced = environment.Clock.GetTimestamp();
        try
        {
            var starts = opener.Open(given);
            // The messages of this read may be of the reading before: they would hide what was not committed of it.
            foreach (var again in given.Where(_leftInRead.Contains))
                opener.GiveUp(partitions.Find(again)!);
            IsMember = true;
            environment.Health.Joined();
            Tell(KafkaNoticeKind.Assigned, given, which => $"reads {which}");
            return starts;
        }
        catch (Exception failed)
        {
            _failure = failed;
            // Messages from the end would hide what lies between the position and the end.
            GiveUp(given);
            return given.Select(partition => new TopicPartitionOffset(partition, Offset.End));
        }
    }

    /// <summary>Partitions go; what was read of them is committed first, as far as there is time.</summary>
    public void Revoked(IReadOnlyList<TopicPartition> taken)
    {
        _rebalanced = environment.Clock.GetTimestamp();
        try
        {
            Drain(taken);
            // Where time ran out, some may be in the ledger and others not.
            var unfinished = taken.Where(each => partitions.Find(each) is { HasUncommitted: true }).ToHashSet();
            GiveUp(taken);
            Tell(KafkaNoticeKind.Revoked, [.. taken.Except(unfinished)], which => $"gives up {which}");
            Tell(
                KafkaNoticeKind.Revoked,
                [.. unfinished],
                which => $"gives up {which}; what was not committed is read again by the next"
            );
        }
        catch (Exception failed)
        {
            _failure = failed;
        }
    }

    /// <summary>Other members have partitions already.</summary>
    public void Lost(IReadOnlyList<TopicPartition> lost)
    {
        _rebalanced = environment.Clock.GetTimestamp();
        GiveUp(lost);
        Tell(KafkaNoticeKind.Lost, lost, which => $"lost {which}; what was not committed is read again by the next");
    }

    /// <summary>All messages of a read were handed on.</summary>
    public void ReadEnded() => _leftInRead.Clear();

    /// <exception cref="SourceException">The session cannot go on.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw failure as SourceException ?? new SourceException($"Kafka: {failure.Message}");
    }

    private void Drain(IReadOnlyList<TopicPartition> taken)
    {
        List<KafkaPartition> leaving = [.. taken.Select(partitions.Find).OfType<KafkaPartition>()];
        if (Intake is not { } intake || leaving.Count == 0)
            return;
        // Messages of this read may be still to come: the consumer's position would be behind them.
        foreach (var partition in leaving)
            partitions.HandOn(partition, intake, position: null);
        intake.Drain();
        FaultPoint.Reach("kafka: drained");
        foreach (var partition in leaving)
            positions.TellCommitted(partition);
    }

    private void GiveUp(IReadOnlyList<TopicPartition> taken)
    {
        foreach (var partition in taken)
        {
            _leftInRead.Add(partition);
            partitions.GiveUp(partition);
        }
    }

    private void Tell(KafkaNoticeKind kind, IReadOnlyList<TopicPartition> which, Func<string, string> text)
    {
        if (which.Count > 0)
            environment.Tell(kind, text(Describe(which)), ("partitions", Describe(which)));
    }

    private static string Describe(IReadOnlyList<TopicPartition> partitions) =>
        string.Join(
            ", ",
            partitions
                .GroupBy(each => each.Topic, StringComparer.Ordinal)
                .OrderBy(topic => topic.Key, StringComparer.Ordinal)
                .Select(topic =>
                    $"{topic.Key} [{string.Join(' ', topic.Select(each => each.Partition.Value).Order())}]"
                )
        );
}
