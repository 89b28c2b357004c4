using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Messages;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>A live source whose partitions are fed by a test.</summary>
internal sealed class HandFedSource : ILiveSource
{
    private readonly List<KafkaPartition> _partitions = [];

    /// <summary>Done, once each, when nothing is left to read.</summary>
    public Queue<Action<ILiveIntake>> Steps { get; } = new();

    public bool IsAtEnd => Steps.Count == 0;

    public bool IsPaused { get; set; }

    /// <summary>Partitions whose topic is another by the next commit.</summary>
    public HashSet<ILiveStream> Replaced { get; } = [];

    public List<ILiveStream> Restarted { get; } = [];

    /// <summary>Questions that fail before one is answered.</summary>
    public int Outages { get; set; }

    public KafkaPartition Open(string stream, long? from = null)
    {
        var contract = ContractFile.ShippedFor(AdvertiseX.Events.Feed.Impressions);
        var partition = new KafkaPartition(new TopicPartition(stream, 0), stream, from, contract, KnownSchemas.Shipped);
        _partitions.Add(partition);
        return partition;
    }

    public static unsafe void Feed(KafkaPartition partition, long offset, params string[] ids)
    {
        foreach (var id in ids)
        {
            var message = Encoding.UTF8.GetBytes(
                $$"""{"impression_id":"{{id}}","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}"""
            );
            fixed (byte* payload = message)
                partition.Add(payload, message.Length, offset++);
        }
    }

    public void Read(ILiveIntake intake, TimeSpan wait, bool all)
    {
        if (all)
            Cut(intake);
        else if (Steps.TryDequeue(out var step))
            step(intake);
    }

    public void Cut(ILiveIntake intake)
    {
        foreach (var partition in _partitions)
            if (partition.Cut() is { } block)
                intake.Add(partition, block);
    }

    public ValueTask<IReadOnlyList<ILiveStream>> FindReplacedAsync(
        IReadOnlyList<ILiveStream> streams,
        CancellationToken cancellation
    ) =>
        Outages-- > 0
            ? throw new IOException("no answer")
            : ValueTask.FromResult<IReadOnlyList<ILiveStream>>([.. streams.Where(Replaced.Contains)]);

    public void Restart(IReadOnlyList<ILiveStream> streams)
    {
        foreach (var stream in streams.Cast<KafkaPartition>())
            stream.GiveUp();
        Restarted.AddRange(streams);
    }
}
