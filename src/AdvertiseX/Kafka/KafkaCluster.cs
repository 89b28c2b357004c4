using AdvertiseX.Sources;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.Kafka;

/// <summary>Asks a cluster about itself and its topics. Thread-safe.</summary>
/// <param name="admin">The client that asks; disposed with the cluster.</param>
/// <param name="brokers">Brokers that it asks first.</param>
internal sealed class KafkaCluster(IAdminClient admin, string brokers) : IDisposable
{
    /// <summary>How long an answer is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private string? _id;

    /// <summary>Makes a client that asks the brokers of the options.</summary>
    /// <exception cref="SourceException">The configuration of the client is wrong.</exception>
    public static KafkaCluster Connect(KafkaOptions options)
    {
        try
        {
            return new(
                new AdminClientBuilder(KafkaConfig.OfClient(options))
                    .SetLogHandler((_, _) => { })
                    .SetErrorHandler((_, _) => { })
                    .Build(),
                options.Brokers
            );
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or ArgumentException)
        {
            throw new SourceException($"Kafka: {wrong.Message}");
        }
    }

    /// <summary>Asks something.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async Task<T> AskAsync<T>(Func<IAdminClient, Task<T>> question)
    {
        try
        {
            return await question(admin);
        }
        catch (KafkaException failed)
        {
            throw new IOException(
                failed.Error.IsLocalError
                    ? $"Kafka does not answer at {brokers}: {failed.Error.Reason}"
                    : $"Kafka refuses: {failed.Error.Reason}",
                failed
            );
        }
    }

    /// <summary>The cluster's id, which no other has.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async ValueTask<string> IdAsync() => _id ??= (await DescribeAsync()).ClusterId;

    /// <summary>Ids of topics by name; a topic that is not there is left out. A topic that is deleted and made again
    /// under its name has another id.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async ValueTask<IReadOnlyDictionary<string, string>> TopicIdsAsync(IEnumerable<string> names) =>
        (await TopicsAsync(names)).ToDictionary(topic => topic.Name, IdOf, StringComparer.Ordinal);

    /// <summary>Names of the streams of partitions, as the ledger has them; a partition whose topic is not there is
    /// left out.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, string>> StreamsOfAsync(
        IReadOnlyCollection<TopicPartition> partitions
    )
    {
        var id = await IdAsync().ConfigureAwait(false);
        var ids = await TopicIdsAsync(partitions.Select(each => each.Topic)).ConfigureAwait(false);
        return partitions
            .Where(each => ids.ContainsKey(each.Topic))
            .Distinct()
            .ToDictionary(
                each => each,
                each => KafkaStreamName.Of(id, each.Topic, ids[each.Topic], each.Partition.Value)
            );
    }

    /// <summary>Every partition of some topics, by topic and number, with the name of its stream; a topic that is not
    /// there has none.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async Task<IReadOnlyList<(TopicPartition Partition, string Stream)>> PartitionsAsync(
        IEnumerable<string> topics
    )
    {
        var id = await IdAsync();
        return
        [
            .. (await TopicsAsync(topics))
                .OrderBy(topic => topic.Name, StringComparer.Ordinal)
                .SelectMany(topic =>
                    topic
                        .Partitions.Select(each => each.Partition)
                        .Order()
                        .Select(partition =>
                            (
                                new TopicPartition(topic.Name, partition),
                                KafkaStreamName.Of(id, topic.Name, IdOf(topic), partition)
                            )
                        )
                ),
        ];
    }

    // As Kafka's own tools write it: base 64 for addresses, without padding.
    private static string IdOf(TopicDescription topic) =>
        topic.TopicId.ToString().Replace('+', '-').Replace('/', '_').TrimEnd('=');

    /// <summary>Topics; one that is not there is left out.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async ValueTask<IReadOnlyList<TopicDescription>> TopicsAsync(IEnumerable<string> names)
    {
        var topics = TopicCollection.OfTopicNames([.. names.Distinct(StringComparer.Ordinal)]);
        var found = await AskAsync(async asked =>
        {
            try
            {
                return (
                    await asked.DescribeTopicsAsync(topics, new DescribeTopicsOptions { RequestTimeout = Patience })
                ).TopicDescriptions;
            }
            catch (DescribeTopicsException some)
            {
                return some.Results.TopicDescriptions;
            }
        });
        return [.. found.Where(topic => !topic.Error.IsError)];
    }

    /// <summary>Offsets of partitions; an end is that of committed records.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> OffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions,
        OffsetSpec which
    )
    {
        if (partitions.Count == 0)
            return new Dictionary<TopicPartition, long>();
        var specs = partitions.Select(each => new TopicPartitionOffsetSpec
        {
            TopicPartition = each,
            OffsetSpec = which,
        });
        var options = new ListOffsetsOptions
        {
            RequestTimeout = Patience,
            IsolationLevel = IsolationLevel.ReadCommitted,
        };
        var answer = await AskAsync(asked => asked.ListOffsetsAsync(specs, options));
        return answer.ResultInfos.ToDictionary(
            each => each.TopicPartitionOffsetError.TopicPartition,
            each => each.TopicPartitionOffsetError.Offset.Value
        );
    }

    /// <summary>How many brokers the cluster has.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async ValueTask<int> BrokersAsync() => (await DescribeAsync()).Nodes.Count;

    /// <summary>The configuration of topics that are there, by topic and key.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> TopicSettingsAsync(
        IReadOnlyCollection<string> names
    )
    {
        if (names.Count == 0)
            return new Dictionary<string, IReadOnlyDictionary<string, string>>();
        var topics = names.Select(name => new ConfigResource { Type = ResourceType.Topic, Name = name });
        var found = await AskAsync(asked =>
            asked.DescribeConfigsAsync(topics, new DescribeConfigsOptions { RequestTimeout = Patience })
        );
        return found.ToDictionary(
            each => each.ConfigResource.Name,
            IReadOnlyDictionary<string, string> (each) =>
                each.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Value),
            StringComparer.Ordinal
        );
    }

    /// <summary>Fails unless topics are there.</summary>
    /// <exception cref="IOException">One is not, or no broker answers.</exception>
    /// <exception cref="SourceException">The configuration of the client is wrong.</exception>
    public static async Task RequireTopicsAsync(KafkaOptions options, IEnumerable<string> names)
    {
        using var cluster = Connect(options);
        List<string> wanted = [.. names];
        var found = await cluster.TopicsAsync(wanted);
        if (wanted.Except(found.Select(topic => topic.Name)).FirstOrDefault() is { } missing)
            throw new IOException($"there is no topic {missing}; adx topics create makes it");
    }

    public void Dispose() => admin.Dispose();

    private Task<DescribeClusterResult> DescribeAsync() =>
        AskAsync(asked => asked.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = Patience }));
}
