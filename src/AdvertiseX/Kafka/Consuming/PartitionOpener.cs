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
    private readonly ConcurrentQueue<KafkaPartition> _givenUp = new();

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

        SendLettersAgain(known);
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
        while (_givenUp.TryDequeue(out var partition))
            if (partitions.Holds(partition))
                Reopen(partition);
    }

    /// <summary>Opens an open partition anew.</summary>
    /// <exception cref="IOException">The lake or the cluster does not answer.</exception>
    public void Reopen(KafkaPartition partition)
    {
        partitions.GiveUp(partition.Partition);
        consumer.IncrementalUnassign([partition.Partition]);
        consumer.IncrementalAssign(Open([partition.Partition]));
    }

    private async Task<IReadOnlyList<string>> StreamsOfAsync(IReadOnlyList<TopicPartition> wanted)
    {
        var id = await cluster.IdAsync().ConfigureAwait(false);
        var ids = await cluster.TopicIdsAsync(wanted.Select(each => each.Topic)).ConfigureAwait(false);
        await environment.Lake.Ledger.RefreshAsync().ConfigureAwait(false);
        return
        [
            .. wanted.Select(each =>
                ids.TryGetValue(each.Topic, out var topic)
                    ? KafkaStreamName.Of(id, each.Topic, topic, each.Partition.Value)
                    : throw new IOException($"Kafka does not know the topic {each.Topic}")
            ),
        ];
    }

    // The broker is told of a commit after its dead letters: where it was not told, they may not have been sent.
    private void SendLettersAgain(Dictionary<TopicPartition, StreamPosition> known)
    {
        if (known.Count == 0)
            return;
        using var patience = new CancellationTokenSource(LetterPatience);
        foreach (var told in consumer.Committed(known.Keys, LetterPatience))
            if (told.Offset < known[told.TopicPartition].Next)
                letters.SendAgainAsync(known[told.TopicPartition], patience.Token).GetAwaiter().GetResult();
    }
}
