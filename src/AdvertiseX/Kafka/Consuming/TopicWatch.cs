using AdvertiseX.Sources;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// Sees that a topic was deleted, or deleted and made again under its name: librdkafka then goes on at the old topic's
/// offsets and says nothing. Ids of topics never come back, so the same id before the first record and after the last
/// one proves that there was one topic in between.
/// </summary>
internal sealed class TopicWatch(KafkaCluster cluster, WorkerEnvironment environment)
{
    // A topic that is made anew and gets as many records as were read of the old one shows neither an error nor a
    // record.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    private Task _asking = Task.CompletedTask;
    private long _asked = environment.Clock.GetTimestamp();
    private volatile string? _replaced;
    private volatile bool _isOut;

    /// <summary>Whether no broker answered when the topics were asked for last. For any thread.</summary>
    public bool IsOut => _isOut;

    /// <summary>Of some partitions those whose topic is another one by now. For any thread.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async ValueTask<IReadOnlyList<KafkaPartition>> FindReplacedAsync(IReadOnlyList<KafkaPartition> partitions)
    {
        if (partitions.Count == 0)
            return [];
        var streams = await cluster.StreamsOfAsync([.. partitions.Select(each => each.Partition)]);
        List<KafkaPartition> replaced =
        [
            .. partitions.Where(each => streams.GetValueOrDefault(each.Partition) != each.Stream),
        ];
        if (replaced.Count > 0)
            _replaced = string.Join(
                ", ",
                replaced.Select(each => each.Partition.Topic).Distinct(StringComparer.Ordinal)
            );
        return replaced;
    }

    /// <summary>Asks every few seconds for the topics of all partitions, idle ones too, without waiting for the
    /// answer.</summary>
    public void Watch(IReadOnlyCollection<KafkaPartition> open)
    {
        if (!_asking.IsCompleted || environment.Clock.GetElapsedTime(_asked) < AskEvery)
            return;
        _asked = environment.Clock.GetTimestamp();
        _asking = AskAsync([.. open]);
    }

    /// <exception cref="SourceException">A topic was replaced: its partitions are opened anew.</exception>
    public void ThrowIfReplaced()
    {
        if (_replaced is not { } topics)
            return;
        environment.Tell(
            KafkaNoticeKind.Recreated,
            $"{topics}: deleted, or deleted and made again; what is there under the name is a new stream",
            ("topics", topics)
        );
        throw new SourceException($"Kafka: {topics} was deleted or made again");
    }

    // Where it fails the next commit asks again, and waits for the answer.
    private async Task AskAsync(KafkaPartition[] open)
    {
        try
        {
            // A member without partitions wants to know as well whether there are brokers.
            if (open.Length == 0)
                await cluster.TopicIdsAsync(environment.Feeds.Select(feed => feed.Topic));
            await FindReplacedAsync(open);
            if (_isOut)
                environment.TellRecovery(OutagePart.Brokers, "the brokers answer again");
            _isOut = false;
        }
        catch (IOException failed)
        {
            if (!_isOut)
                environment.TellOutage(OutagePart.Brokers, failed, AskEvery);
            _isOut = true;
        }
    }
}
