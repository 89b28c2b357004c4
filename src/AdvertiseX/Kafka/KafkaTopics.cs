using System.Globalization;
using AdvertiseX.Sources;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.Kafka;

/// <summary>The topics of the feeds and that of dead letters: makes them, and compares them with what they should be.
/// Topics that exist are never changed.</summary>
internal sealed class KafkaTopics : IDisposable
{
    private const string InSyncKey = "min.insync.replicas";

    private readonly TopicOptions _options;
    private readonly KafkaCluster _cluster;

    /// <exception cref="SourceException">The configuration of the client is wrong.</exception>
    public KafkaTopics(KafkaOptions kafka, TopicOptions options)
    {
        _options = options;
        Names =
        [
            .. KafkaFeed
                .AllOf(kafka)
                .Select(feed => feed.Topic)
                .Append(kafka.DeadLetterTopic)
                .Where(name => name.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];
        _cluster = KafkaCluster.Connect(kafka);
    }

    /// <summary>Names of the topics, each once.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Makes those that are not there.</summary>
    /// <returns>The ones that were made.</returns>
    /// <exception cref="IOException">No broker answers, or the cluster refuses; what it says is in the
    /// message.</exception>
    public async Task<IReadOnlyList<string>> CreateAsync()
    {
        var existing = (await _cluster.TopicsAsync(Names))
            .Select(topic => topic.Name)
            .ToHashSet(StringComparer.Ordinal);
        List<string> missing = [.. Names.Where(name => !existing.Contains(name))];
        if (missing.Count == 0)
            return [];
        if (Unreachable(await _cluster.BrokersAsync()) is { } line)
            throw new IOException($"no topic was made: replication {_options.Replication} is wanted, and {line}");
        await _cluster.AskAsync(async asked =>
        {
            await CreateAsync(asked, missing);
            return missing;
        });
        await UntilKnownAsync(missing);
        return missing;
    }

    /// <summary>Compares each topic with the options.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async Task<IReadOnlyList<TopicState>> CheckAsync()
    {
        var found = (await _cluster.TopicsAsync(Names)).ToDictionary(topic => topic.Name, StringComparer.Ordinal);
        var settings = await _cluster.TopicSettingsAsync(found.Keys);
        var unreachable = Unreachable(await _cluster.BrokersAsync());
        return [.. Names.Select(name => StateOf(name, found.GetValueOrDefault(name), settings, unreachable))];
    }

    public void Dispose() => _cluster.Dispose();

    private async Task CreateAsync(IAdminClient admin, List<string> names)
    {
        try
        {
            await admin.CreateTopicsAsync(
                names.Select(Wanted),
                new CreateTopicsOptions { RequestTimeout = KafkaCluster.Patience }
            );
        }
        catch (CreateTopicsException some)
        {
            // Somebody else may make them at the same time.
            var refused = some
                .Results.Where(each => each.Error.IsError && each.Error.Code != ErrorCode.TopicAlreadyExists)
                .Select(each => $"{each.Topic}: {each.Error.Reason}")
                .ToList();
            if (refused.Count > 0)
                throw new IOException($"topics were not made: {string.Join("; ", refused)}", some);
        }
    }

    private TopicState StateOf(
        string name,
        TopicDescription? topic,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> settings,
        string? unreachable
    )
    {
        if (topic is null)
            return new(name, null, null, ["is not there; adx topics create makes it"]);
        var (partitions, replication) = (topic.Partitions.Count, topic.Partitions.Min(each => each.Replicas.Count));
        var lines = new List<string>();
        if (partitions != _options.Partitions)
            lines.Add($"partitions are {partitions}, wanted are {_options.Partitions}");
        if (replication != _options.Replication)
            lines.Add(
                $"replication is {replication}, wanted is {_options.Replication}{(unreachable is null ? "" : ": " + unreachable)}"
            );

        // How many copies must be written follows from how many there are.
        foreach (var (key, wanted) in Settings().Where(setting => unreachable is null || setting.Key != InSyncKey))
            if (settings[name].GetValueOrDefault(key) is var actual && actual != wanted)
                lines.Add($"{key} is {actual ?? "not known"}, wanted is {wanted}");
        return new(name, partitions, replication, lines);
    }

    private string? Unreachable(int brokers) =>
        brokers >= _options.Replication
            ? null
            : $"the cluster has {brokers} {(brokers == 1 ? "broker" : "brokers")}; set topics.replication to {brokers}, or give --replication {brokers}";

    private TopicSpecification Wanted(string name) =>
        new()
        {
            Name = name,
            NumPartitions = _options.Partitions,
            ReplicationFactor = (short)_options.Replication,
            Configs = Settings(),
        };

    private Dictionary<string, string> Settings() =>
        new()
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = Number((long)_options.Retention.TotalMilliseconds),
            ["compression.type"] = _options.Compression,
            ["max.message.bytes"] = Number(_options.MaxMessageBytes),
            [InSyncKey] = Number(_options.MinInSyncReplicas),
        };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // A broker may learn of a topic a moment after the controller has made it.
    private async Task UntilKnownAsync(List<string> names)
    {
        for (var tries = 0; tries < 50; tries++)
        {
            var known = await _cluster.TopicsAsync(names);
            if (known.Count == names.Count && known.All(topic => topic.Partitions.Count == _options.Partitions))
                return;
            await Task.Delay(100);
        }
    }
}
