using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.Kafka;

/// <summary>What a cluster says of itself and its topics. Thread-safe.</summary>
internal sealed class KafkaCluster(Handle handle) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly IAdminClient _admin = new DependentAdminClientBuilder(handle).Build();
    private string? _id;

    /// <summary>The cluster's id, which no other has.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async ValueTask<string> IdAsync() =>
        _id ??= (
            await AskAsync(() => _admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = Patience }))
        ).ClusterId;

    /// <summary>Ids of topics by name; a topic that is not there is left out. A topic that is deleted and made again
    /// under its name has another id.</summary>
    /// <exception cref="IOException">No broker answers.</exception>
    public async ValueTask<IReadOnlyDictionary<string, string>> TopicIdsAsync(IEnumerable<string> names)
    {
        var topics = TopicCollection.OfTopicNames([.. names.Distinct(StringComparer.Ordinal)]);
        var found = await AskAsync(async () =>
        {
            try
            {
                return (
                    await _admin.DescribeTopicsAsync(topics, new DescribeTopicsOptions { RequestTimeout = Patience })
                ).TopicDescriptions;
            }
            catch (DescribeTopicsException some)
            {
                return some.Results.TopicDescriptions;
            }
        });
        return found
            .Where(topic => !topic.Error.IsError)
            .ToDictionary(topic => topic.Name, topic => topic.TopicId.ToString(), StringComparer.Ordinal);
    }

    public void Dispose() => _admin.Dispose();

    private static async Task<T> AskAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (KafkaException failed)
        {
            throw new IOException($"Kafka does not answer: {failed.Error.Reason}", failed);
        }
    }
}
