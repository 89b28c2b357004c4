using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// Sees whether the ledger holds what other members of the group read, up to where the topics ended when that was asked
/// first. A member that died keeps its partitions until its session is over, so that what is left may be nobody's. For
/// the thread that reads.
/// </summary>
internal sealed class GroupProgress(WorkerEnvironment environment, KafkaCluster cluster)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    private IReadOnlyDictionary<TopicPartition, (string Stream, long End)>? _ends;
    private Task _asking = Task.CompletedTask;
    private volatile HashSet<TopicPartition>? _left;
    private long _asked;

    /// <summary>Whether every partition but some is in the ledger; asks without waiting for the answer, and is false
    /// until it is known.</summary>
    /// <param name="mine">The others.</param>
    public bool HoldsAllBut(IReadOnlyCollection<KafkaPartition> mine)
    {
        if (!_asking.IsCompleted)
            return false;
        if (_left is { } left && left.IsSubsetOf(mine.Select(each => each.Partition)))
            return true;
        if (_asked == 0 || environment.Clock.GetElapsedTime(_asked) >= AskEvery)
            (_asked, _asking) = (environment.Clock.GetTimestamp(), AskAsync());
        return false;
    }

    private async Task AskAsync()
    {
        try
        {
            _ends ??= await EndsAsync();
            var ledger = environment.Lake.Ledger;
            await ledger.RefreshAsync();
            _left =
            [
                .. _ends.Where(each => ledger.PositionOf(each.Value.Stream) < each.Value.End).Select(each => each.Key),
            ];
        }
        catch (IOException)
        {
            // It is asked again.
        }
    }

    // An end of 0 where there are no records.
    private async Task<Dictionary<TopicPartition, (string, long)>> EndsAsync()
    {
        var streams = (await cluster.PartitionsAsync(environment.Feeds.Select(feed => feed.Topic))).ToDictionary(
            each => each.Partition,
            each => each.Stream
        );
        var first = await cluster.OffsetsAsync(streams.Keys, OffsetSpec.Earliest());
        var end = await cluster.OffsetsAsync(streams.Keys, OffsetSpec.Latest());
        return streams.ToDictionary(
            each => each.Key,
            each => (each.Value, end[each.Key] > first[each.Key] ? end[each.Key] : 0)
        );
    }
}
