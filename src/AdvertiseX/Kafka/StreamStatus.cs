using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Sources;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.Kafka;

/// <summary>Reads how the partitions of the feeds stand: from the cluster, the group and the ledger.</summary>
internal static class StreamStatus
{
    private static readonly TimeSpan RateOver = TimeSpan.FromMinutes(1);

    /// <summary>Every partition, by topic and number; a topic that is not there has none.</summary>
    /// <exception cref="IOException">No broker answers, or the lake cannot be read.</exception>
    /// <exception cref="SourceException">The configuration is wrong.</exception>
    public static async Task<IReadOnlyList<PartitionStatus>> ReadAsync(
        DataLake lake,
        KafkaOptions options,
        IReadOnlyList<KafkaFeed> feeds,
        CancellationToken cancellation
    )
    {
        using var cluster = KafkaCluster.Connect(options);
        var partitions = await cluster.PartitionsAsync(feeds.Select(feed => feed.Topic));
        List<TopicPartition> asked = [.. partitions.Select(each => each.Partition)];
        var first = await cluster.OffsetsAsync(asked, OffsetSpec.Earliest());
        var end = await cluster.OffsetsAsync(asked, OffsetSpec.Latest());
        var owners = await OwnersAsync(cluster, options.Group);
        var rates = await RatesAsync(lake, cancellation);
        var newest = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        foreach (var feed in feeds)
            newest[feed.Topic] = await NewestEventAsync(lake, feed, cancellation);
        var now = lake.Clock.GetUtcNow();
        var result = new List<PartitionStatus>();
        foreach (var (each, stream) in partitions)
        {
            var known = lake.Ledger.Find(stream);
            var entry = known is null ? null : await lake.Ledger.ReadEntryAsync(known.Version, cancellation);
            result.Add(
                new(
                    each.Topic,
                    each.Partition.Value,
                    known?.Next,
                    end[each],
                    Math.Max(0, end[each] - Math.Max(known?.Next ?? 0, first[each])),
                    rates.GetValueOrDefault(stream) / RateOver.TotalSeconds,
                    entry?.CommittedTime,
                    newest[each.Topic],
                    newest[each.Topic] is { } time ? Math.Max(0, Math.Round((now - time).TotalSeconds, 3)) : null,
                    owners.GetValueOrDefault(each)
                )
            );
        }

        return result;
    }

    /// <summary>The newest event in the tables of a feed, by the statistics of their newest files.</summary>
    private static async Task<DateTimeOffset?> NewestEventAsync(
        DataLake lake,
        KafkaFeed feed,
        CancellationToken cancellation
    )
    {
        long? newest = null;
        foreach (var kind in ContractFields.KindsOf(feed.Contract.Feed))
        {
            var table = FactTables.Of(kind).Name;
            if (lake.Tables.All(each => each.Name != table))
                continue;
            var files = (await lake.FilesAsync(table, cancellation: cancellation)).Files;
            var date = files.Max(file => file.EventDate);
            foreach (var file in files.Where(file => file.EventDate is null || file.EventDate == date))
                if (file.EventTimes != TimeRange.Any)
                    newest = Math.Max(newest ?? long.MinValue, file.EventTimes.Greatest);
        }

        return newest is { } micros ? DateTimeOffset.UnixEpoch.AddMicroseconds(micros) : null;
    }

    private static async Task<Dictionary<TopicPartition, string>> OwnersAsync(KafkaCluster cluster, string group)
    {
        var members = await cluster.AskAsync(admin => MembersAsync(admin, group));
        var owners = new Dictionary<TopicPartition, string>();
        foreach (var member in members)
        foreach (var partition in member.Assignment.TopicPartitions)
            owners[partition] = $"{member.ConsumerId}{member.Host}";
        return owners;
    }

    private static async Task<IReadOnlyList<MemberDescription>> MembersAsync(IAdminClient admin, string group)
    {
        try
        {
            var options = new DescribeConsumerGroupsOptions { RequestTimeout = KafkaCluster.Patience };
            var groups = await admin.DescribeConsumerGroupsAsync([group], options);
            return [.. groups.ConsumerGroupDescriptions.SelectMany(each => each.Members)];
        }
        catch (DescribeConsumerGroupsException)
        {
            // Nobody has ever been a member of the group.
            return [];
        }
    }

    private static async Task<Dictionary<string, long>> RatesAsync(DataLake lake, CancellationToken cancellation)
    {
        var received = new Dictionary<string, long>(StringComparer.Ordinal);
        var since = lake.Clock.GetUtcNow() - RateOver;
        for (var version = lake.Ledger.Version; version > 0; version--)
        {
            var entry = await lake.Ledger.ReadEntryAsync(version, cancellation);
            if (entry is null)
                continue;
            if (entry.CommittedTime < since)
                break;
            foreach (var stream in entry.Streams)
                received[stream.Stream] =
                    received.GetValueOrDefault(stream.Stream) + stream.Counts.Sum(counts => counts.Received);
        }

        return received;
    }
}
