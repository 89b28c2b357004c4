using System.Collections.Concurrent;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>Begins to read partitions where the ledger stands. For the thread that reads.</summary>
internal sealed class PartitionOpener(
    WorkerEnvironment environment,
    IConsumer<Ignore, Ignore> consumer,
    KafkaCluster cluster,
    OpenPartitions partitions,
    DeadLetters letters
)
{
    private static readonly TimeSpan LetterPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long the cluster is waited for at most while partitions are opened: for its id, the topics' ids,
    /// the group's offsets, and dead letters.</summary>
    public static readonly TimeSpan Patience = (2 * KafkaCluster.Patience) + (2 * LetterPatience);

    private readonly ConcurrentQueue<KafkaPartition> _givenUp = new();
    private readonly Dictionary<TopicPartition, string> _opened = [];

    /// <summary>Opens partitions.</summary>
    /// <returns>Where the consumer is to read each from.</returns>
    /// <exception cref="IOException">The lake or the cluster does not answer, or a topic is not there.</exception>
    public List<TopicPartitionOffset> Open(IReadOnlyList<TopicPartition> wanted)
    {
        if (wanted.Count == 0)
            return [];
        var streams = StreamsOfAsync(wanted).GetAwaiter().GetResult();
        var starts = new List<TopicPartitionOffset>();
        var known = new Dictionary<TopicPartition, StreamPosition>();
        foreach (var (each, stream) in wanted.Zip(streams))
        {
            var position = environment.Lake.Ledger.Find(stream);
            if (position is not null)
                known[each] = position;
            var contract = environment.Feeds.First(feed => feed.Topic == each.Topic).Contract;
            partitions.Add(new KafkaPartition(each, stream, position?.Next, contract, environment.Schemas));
            starts.Add(new(each, position is null ? Offset.Beginning : new Offset(position.Next)));
        }

        TellReplaced(wanted.Zip(streams));
        var told = ToldOf(wanted, known.Count > 0);
        TellOthers(told, known);
        SendLettersAgain(told, known);
        FaultPoint.Reach("kafka: opened");
        return starts;
    }

    /// <summary>Gives a partition up; <see cref="ReopenGivenUp"/> opens it anew. For any thread.</summary>
    public void GiveUp(KafkaPartition partition)
    {
        partition.GiveUp();
        _givenUp.Enqueue(partition);
    }

    /// <summary>Opens partitions anew that were given up, if they are still this worker's.</summary>
    /// <exception cref="IOException">The lake or the cluster does not answer.</exception>
    public void ReopenGivenUp()
    {
        var again = new HashSet<KafkaPartition>();
        while (_givenUp.TryDequeue(out var partition))
            if (partitions.Holds(partition))
                again.Add(partition);
        if (again.Count > 0)
            Reopen([.. again]);
    }

    /// <summary>Opens open partitions anew, with one question to the cluster for all.</summary>
    /// <exception cref="IOException">The lake or the cluster does not answer.</exception>
    public void Reopen(IReadOnlyList<KafkaPartition> again)
    {
        List<TopicPartition> which = [.. again.Select(partition => partition.Partition)];
        foreach (var partition in which)
            partitions.GiveUp(partition);
        consumer.IncrementalUnassign(which);
        consumer.IncrementalAssign(Open(which));
    }

    private async Task<IReadOnlyList<string>> StreamsOfAsync(IReadOnlyList<TopicPartition> wanted)
    {
        var streams = await cluster.StreamsOfAsync(wanted).ConfigureAwait(false);
        await environment.Lake.Ledger.RefreshAsync().ConfigureAwait(false);
        return
        [
            .. wanted.Select(each =>
                streams.GetValueOrDefault(each) ?? throw new IOException($"Kafka does not know the topic {each.Topic}")
            ),
        ];
    }

    // A topic that is deleted may be revoked before its watch sees that it is another one.
    private void TellReplaced(IEnumerable<(TopicPartition Partition, string Stream)> opened)
    {
        var replaced = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (partition, stream) in opened)
        {
            if (_opened.TryGetValue(partition, out var before) && before != stream)
                replaced.Add(partition.Topic);
            _opened[partition] = stream;
        }

        foreach (var topic in replaced)
            environment.Tell(
                KafkaNoticeKind.Recreated,
                $"{topic}: deleted and made again; what is there under the name is a new stream"
            );
    }

    // What the broker was told of the group; nothing of a group that is new to it.
    private List<TopicPartitionOffset> ToldOf(IReadOnlyList<TopicPartition> wanted, bool isNeeded)
    {
        try
        {
            return consumer.Committed(wanted, LetterPatience);
        }
        catch (KafkaException) when (!isNeeded)
        {
            return [];
        }
    }

    // Two lakes that share a group share its partitions: each would get a part of the records.
    private void TellOthers(List<TopicPartitionOffset> told, Dictionary<TopicPartition, StreamPosition> known)
    {
        var ahead = told.Where(each =>
            !each.Offset.IsSpecial && each.Offset.Value > (known.GetValueOrDefault(each.TopicPartition)?.Next ?? 0)
        );
        foreach (var topic in ahead.GroupBy(each => each.Topic, StringComparer.Ordinal))
            environment.Tell(
                KafkaNoticeKind.GroupOfOthers,
                $"{topic.Key}: the group {environment.Kafka.Group} has read further than this lake holds, as if another lake used it; workers of one group share the partitions, so give each lake a group of its own (--group)",
                ("topic", topic.Key),
                ("group", environment.Kafka.Group)
            );
    }

    // The broker is told of a commit after its dead letters: where it was not told, they may not have been sent.
    private void SendLettersAgain(List<TopicPartitionOffset> told, Dictionary<TopicPartition, StreamPosition> known)
    {
        using var patience = new CancellationTokenSource(LetterPatience);
        try
        {
            foreach (var each in told)
                if (known.TryGetValue(each.TopicPartition, out var position) && each.Offset < position.Next)
                {
                    letters.SendAgainAsync(position, patience.Token).GetAwaiter().GetResult();
                    partitions.Find(each.TopicPartition)?.TellAgain();
                }
        }
        catch (OperationCanceledException)
        {
            throw new IOException("dead letters of the last commit cannot be sent");
        }
    }
}
