using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka;

/// <summary>What the group says: partitions come and go.</summary>
internal sealed partial class KafkaSource
{
    private static readonly TimeSpan LetterPatience = TimeSpan.FromSeconds(10);
    private readonly List<KafkaPartition> _gone = [];

    public async ValueTask<IReadOnlyList<ILiveStream>> FindReplacedAsync(
        IReadOnlyList<ILiveStream> streams,
        CancellationToken cancellation
    )
    {
        List<KafkaPartition> partitions = [.. streams.Cast<KafkaPartition>()];
        if (partitions.Count == 0)
            return [];
        var cluster = await _cluster.IdAsync();
        var ids = await _cluster.TopicIdsAsync(partitions.Select(partition => partition.Partition.Topic));
        List<KafkaPartition> replaced = [.. partitions.Where(partition => !IsSame(partition, cluster, ids))];
        if (replaced.Count > 0)
            _replaced = string.Join(
                ", ",
                replaced.Select(partition => partition.Partition.Topic).Distinct(StringComparer.Ordinal)
            );
        return replaced;
    }

    // An exception would be lost inside the client: it is thrown by the next call of Read.
    private IEnumerable<TopicPartitionOffset> Assigned(List<TopicPartition> given)
    {
        _rebalanced = _lake.Clock.GetTimestamp();
        try
        {
            var starts = Open(given);
            if (given.Count > 0)
                Note(KafkaNoticeKind.Assigned, $"reads {Describe(given)}");
            return starts;
        }
        catch (Exception failed)
        {
            _failure = failed;
            return given.Select(partition => new TopicPartitionOffset(partition, Offset.End));
        }
    }

    private void Revoked(IReadOnlyList<TopicPartition> taken)
    {
        _rebalanced = _lake.Clock.GetTimestamp();
        try
        {
            var isDrained = Drain(taken);
            Leave(taken);
            if (taken.Count > 0)
                Note(
                    KafkaNoticeKind.Revoked,
                    $"gives up {Describe(taken)}{(isDrained ? "" : "; what was not committed is read again by the next")}"
                );
        }
        catch (Exception failed)
        {
            _failure = failed;
        }
    }

    private void Lost(IReadOnlyList<TopicPartition> lost)
    {
        _rebalanced = _lake.Clock.GetTimestamp();
        Leave(lost);
        if (lost.Count > 0)
            Note(KafkaNoticeKind.Lost, $"lost {Describe(lost)}; what was not committed is read again by the next");
    }

    private bool Drain(IReadOnlyList<TopicPartition> taken)
    {
        if (_intake is null || taken.Count == 0)
            return true;
        foreach (var each in taken)
            if (_partitions.TryGetValue(each, out var partition))
                Cut(partition);
        var isDrained = _intake.Drain();
        FaultPoint.Reach("kafka: drained");
        foreach (var each in taken)
            if (_partitions.TryGetValue(each, out var partition) && partition.TakeCommitted() is { } committed)
                TellBroker(partition, committed);
        return isDrained;
    }

    private void Leave(IReadOnlyList<TopicPartition> taken)
    {
        foreach (var each in taken)
        {
            _revokedInCall.Add(each);
            _paused.Remove(each);
            if (!_partitions.Remove(each, out var partition))
                continue;
            partition.GiveUp();
            partition.Dispose();
            _telemetry.Left(each.Topic, each.Partition.Value);
        }

        _byAddress.Clear();
    }

    /// <summary>Makes readings of partitions from where the ledger stands.</summary>
    /// <exception cref="IOException">The lake or the cluster does not answer.</exception>
    private List<TopicPartitionOffset> Open(List<TopicPartition> given)
    {
        if (given.Count == 0)
            return [];
        var (cluster, ids) = AskAsync(given).GetAwaiter().GetResult();
        var starts = new List<TopicPartitionOffset>();
        var positions = new Dictionary<TopicPartition, StreamPosition>();
        foreach (var each in given)
        {
            if (!ids.TryGetValue(each.Topic, out var id))
                throw new IOException($"Kafka does not know the topic {each.Topic}");
            var stream = KafkaStreamName.Of(cluster, each.Topic, id, each.Partition.Value);
            var known = _lake.Ledger.Find(stream);
            var from = known?.Next;
            if (known is not null)
                positions[each] = known;
            var contract = _feeds.First(feed => feed.Topic == each.Topic).Contract;
            var partition = new KafkaPartition(each, stream, from, contract, _schemas);
            _partitions[each] = partition;
            // A batch may hold messages of the reading before: they would hide what was not committed of it.
            if (_revokedInCall.Contains(each))
                Restart([partition]);
            starts.Add(new TopicPartitionOffset(each, from is { } next ? new Offset(next) : Offset.Beginning));
        }

        _byAddress.Clear();
        SendLettersAgain(positions);
        FaultPoint.Reach("kafka: opened");
        return starts;
    }

    // The broker is told of a commit after its dead letters: where it was not told, they may not have been sent.
    private void SendLettersAgain(Dictionary<TopicPartition, StreamPosition> positions)
    {
        if (positions.Count == 0)
            return;
        using var patience = new CancellationTokenSource(LetterPatience);
        foreach (var told in _consumer.Committed(positions.Keys, LetterPatience))
            if (told.Offset < positions[told.TopicPartition].Next)
                _letters.SendAgainAsync(_lake, positions[told.TopicPartition], patience.Token).GetAwaiter().GetResult();
    }

    private async Task<(string Cluster, IReadOnlyDictionary<string, string> Ids)> AskAsync(
        IReadOnlyList<TopicPartition> given
    )
    {
        var cluster = await _cluster.IdAsync().ConfigureAwait(false);
        var ids = await _cluster.TopicIdsAsync(given.Select(each => each.Topic)).ConfigureAwait(false);
        await _lake.Ledger.RefreshAsync().ConfigureAwait(false);
        return (cluster, ids);
    }

    // Partitions whose reading was given up, and of which records are gone, begin anew.
    private void Reopen()
    {
        while (_restarts.TryDequeue(out var partition))
            if (_partitions.TryGetValue(partition.Partition, out var current) && current == partition)
                ReadAnew(partition);
        if (_gone.Count == 0)
            return;
        KafkaPartition[] gone = [.. _gone];
        _gone.Clear();
        foreach (var partition in gone)
            if (_partitions.TryGetValue(partition.Partition, out var current) && current == partition)
                PassGone(partition);
    }

    private static bool IsSame(
        KafkaPartition partition,
        string cluster,
        IReadOnlyDictionary<string, string> topicIds
    ) =>
        topicIds.TryGetValue(partition.Partition.Topic, out var id)
        && partition.Stream
            == KafkaStreamName.Of(cluster, partition.Partition.Topic, id, partition.Partition.Partition.Value);

    private void ReadAnew(KafkaPartition partition)
    {
        partition.GiveUp();
        partition.Dispose();
        _paused.Remove(partition.Partition);
        _consumer.IncrementalUnassign([partition.Partition]);
        _partitions.Remove(partition.Partition);
        _consumer.IncrementalAssign(Open([partition.Partition]));
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
