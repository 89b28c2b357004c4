using AdvertiseX.Contracts;
using AdvertiseX.Framing;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka.Producing;

/// <summary>Sends files of the feeds into their topics, as the feeds' own producers would.</summary>
internal static class FileProducer
{
    /// <summary>The longest record that is cut out of a file.</summary>
    private const int MostRecordBytes = 64 << 20;

    /// <summary>Sends files; ends when everything that was sent has an answer.</summary>
    /// <param name="sources">The files.</param>
    /// <param name="feeds">The topic of each contract's feed.</param>
    /// <param name="kafka">Which Kafka.</param>
    /// <param name="maxMessageBytes">The longest message.</param>
    /// <param name="options">Rate, speed, memory, time-out.</param>
    /// <param name="schemas">Gives ids of schemas.</param>
    /// <param name="clock">For rate and speed.</param>
    /// <param name="notices">Takes what an operator wants to know.</param>
    /// <param name="undelivered">Gets records that were not delivered.</param>
    /// <param name="progress">Gets the number of records so far.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="SourceException">A property of the client is wrong.</exception>
    /// <exception cref="IOException">No broker answers, or a topic is not there.</exception>
    public static async Task<ProduceReport> RunAsync(
        SourceList sources,
        IReadOnlyList<KafkaFeed> feeds,
        KafkaOptions kafka,
        int maxMessageBytes,
        ProduceOptions options,
        SchemaRegistration schemas,
        TimeProvider clock,
        Action<KafkaNotice> notices,
        Action<UndeliveredRecords> undelivered,
        Action<long> progress,
        CancellationToken stop
    )
    {
        var framing = new FramerOptions { MaxRecordBytes = Math.Min(maxMessageBytes, MostRecordBytes) };
        List<ProducedTopic> topics =
        [
            .. from file in sources.Sources
            group file by TopicOf(file, feeds) into files
            select new ProducedTopic(
                files.Key,
                [.. files],
                framing,
                schema => schemas.IdOf(files.Key, schema),
                undelivered
            ),
        ];
        try
        {
            await KafkaCluster.RequireTopicsAsync(kafka, topics.Select(topic => topic.Log.Topic));
            using var producer = new RdKafkaProducer(ProducerSettings.Of(kafka, options, maxMessageBytes));
            return await Task.Run(
                () => new ProduceRun(topics, producer, options, clock, notices).Run(progress, stop),
                CancellationToken.None
            );
        }
        finally
        {
            foreach (var topic in topics)
                topic.Dispose();
        }
    }

    private static string TopicOf(FileSource file, IReadOnlyList<KafkaFeed> feeds) =>
        feeds.FirstOrDefault(feed => feed.Contract.Feed == file.Contract.Feed)?.Topic
        ?? throw new SourceException($"{file.Path}: the configuration names no topic for its feed");
}
