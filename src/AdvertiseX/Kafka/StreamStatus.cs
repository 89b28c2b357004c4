using AdvertiseX.Lake;
using AdvertiseX.Sources;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.Kafka;

/// <summary>Reads how the partitions of the feeds stand: from the cluster, the group and the ledger.</summary>
internal static class StreamStatus
{
    private static readonly TimeSpan RateOver = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

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
        using var admin = new AdminClientBuilder(KafkaConfig.OfClient(options))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        var cluster = new KafkaCluster(admin);
        var id = await cluster.IdAsync();
        var topics = await cluster.TopicsAsync(feeds.Select(feed => feed.Topic));
        List<TopicPartition> partitions =
        [
            .. topics.SelectMany(topic =>
                topic.Partitions.Select(each => new TopicPartition(topic.Name, each.Partition))
            ),
        ];
        try
        {
            var first = await OffsetsAsync(admin, partitions, OffsetSpec.Earliest());
            var end = await OffsetsAsync(admin, partitions, OffsetSpec.Latest());
            var owners = await OwnersAsync(admin, options.Group);
            var rates = await RatesAsync(lake, cancellation);
            var result = new List<PartitionStatus>();
            foreach (var topic in topics.OrderBy(each => each.Name, StringComparer.Ordinal))
            foreach (var each in partitions.Where(each => each.Topic == topic.Name).OrderBy(p => p.Partition.Value))
            {
                var stream = KafkaStreamName.Of(id, topic.Name, KafkaCluster.IdOf(topic), each.Partition.Value);
                var known = lake.Ledger.Find(stream);
                result.Add(
                    new(
                        topic.Name,
                        each.Partition.Value,
                        known?.Next,
                        end[each],
                        Math.Max(0, end[each] - Math.Max(known?.Next ?? 0, first[each])),
                        rates.GetValueOrDefault(stream) / RateOver.TotalSeconds,
                        known is null
                            ? null
                            : (await lake.Ledger.ReadEntryAsync(known.Version, cancellation))?.CommittedTime,
                        owners.GetValueOrDefault(each)
                    )
                );
            }

            return result;
        }
        catch (KafkaException failed)
        {
            throw new IOException($"Kafka does not answer: {failed.Error.Reason}", failed);
        }
    }

    private static async Task<Dictionary<TopicPartition, long>> OffsetsAsync(
        IAdminClient admin,
        List<TopicPartition> partitions,
        OffsetSpec which
    )
    {
        if (partitions.Count == 0)
            return [];
        var answer = await admin.ListOffsetsAsync(
            partitions.Select(each => new TopicPartitionOffsetSpec { TopicPartition = each, OffsetSpec = which }),
            new ListOffsetsOptions { RequestTimeout = Patience, IsolationLevel = IsolationLevel.ReadCommitted }
        );
        return answer.ResultInfos.ToDictionary(
            each => each.TopicPartitionOffsetError.TopicPartition,
            each => each.TopicPartitionOffsetError.Offset.Value
        );
    }

    private static async Task<Dictionary<TopicPartition, string>> OwnersAsync(IAdminClient admin, string group)
    {
        var owners = new Dictionary<TopicPartition, string>();
        try
        {
            var groups = await admin.DescribeConsumerGroupsAsync(
                [group],
                new DescribeConsumerGroupsOptions { RequestTimeout = Patience }
            );
            foreach (var member in groups.ConsumerGroupDescriptions.SelectMany(each => each.Members))
            foreach (var partition in member.Assignment.TopicPartitions)
                owners[partition] = $"{member.ConsumerId}{member.Host}";
        }
        catch (DescribeConsumerGroupsException)
        {
            // Nobody has ever been a member of it.
        }

        return owners;
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
