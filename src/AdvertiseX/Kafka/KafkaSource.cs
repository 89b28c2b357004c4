using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AdvertiseX.Framing;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Messages;
using AdvertiseX.Sources;
using AdvertiseX.Telemetry;
using Confluent.Kafka;

namespace AdvertiseX.Kafka;

/// <summary>
/// The partitions that a consumer group gives to one member, read side by side from where the ledger stands. Messages
/// come by librdkafka's batches, one look at each and one copy; the group's calls come inside <see cref="Read"/>, on
/// its thread.
/// </summary>
internal sealed unsafe partial class KafkaSource : ILiveSource, IDisposable
{
    private const int MostMessages = 4096;
    private static readonly TimeSpan IdlePatience = TimeSpan.FromSeconds(5);

    private readonly KafkaFeed[] _feeds;
    private readonly DataLake _lake;
    private readonly ISchemas _schemas;
    private readonly FramerOptions _framing;
    private readonly DeadLetters _letters;
    private readonly LiveTelemetry _telemetry;
    private readonly Action<KafkaNotice> _notices;
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly IAdminClient _admin;
    private readonly KafkaCluster _cluster;
    private readonly nint _queue;
    private readonly RdKafkaMessage** _batch;
    private readonly Dictionary<TopicPartition, KafkaPartition> _partitions = [];
    private readonly Dictionary<(nint Topic, int Partition), KafkaPartition> _byAddress = [];
    private readonly ConcurrentQueue<KafkaPartition> _restarts = new();
    private readonly HashSet<TopicPartition> _paused = [];
    private readonly HashSet<TopicPartition> _revokedInCall = [];
    private ILiveIntake? _intake;
    private Exception? _failure;
    private volatile string? _replaced;
    private long _rebalanced;

    /// <param name="config">Configuration of the consumer.</param>
    /// <param name="feeds">The topics.</param>
    /// <param name="lake">Whose ledger tells where to begin.</param>
    /// <param name="schemas">Schemas of messages in Avro.</param>
    /// <param name="framing">How blocks are cut.</param>
    /// <param name="letters">Sends rejects that may not have been sent.</param>
    /// <param name="telemetry">Counts what is read.</param>
    /// <param name="notices">Takes what an operator wants to know, from several threads.</param>
    /// <exception cref="SourceException">The configuration is wrong.</exception>
    public KafkaSource(
        ConsumerConfig config,
        IReadOnlyList<KafkaFeed> feeds,
        DataLake lake,
        ISchemas schemas,
        FramerOptions framing,
        DeadLetters letters,
        LiveTelemetry telemetry,
        Action<KafkaNotice> notices
    )
    {
        (_feeds, _lake, _schemas, _framing) = ([.. feeds], lake, schemas, framing);
        (_letters, _telemetry, _notices) = (letters, telemetry, notices);
        try
        {
            _consumer = new ConsumerBuilder<Ignore, Ignore>(config)
                .SetPartitionsAssignedHandler((_, given) => Assigned(given))
                .SetPartitionsRevokedHandler((_, taken) => Revoked([.. taken.Select(each => each.TopicPartition)]))
                .SetPartitionsLostHandler((_, lost) => Lost([.. lost.Select(each => each.TopicPartition)]))
                .SetErrorHandler((_, error) => Note(KafkaNoticeKind.Client, error.Reason))
                .SetLogHandler((_, _) => { })
                .Build();
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or ArgumentException)
        {
            throw new SourceException($"Kafka: {wrong.Message}");
        }

        _admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        _cluster = new KafkaCluster(_admin);
        _queue = RdKafka.QueueOfConsumer(RdKafkaHandle.Of(_consumer.Handle));
        _batch = (RdKafkaMessage**)NativeMemory.Alloc(MostMessages, (nuint)sizeof(nint));
        _rebalanced = lake.Clock.GetTimestamp();
        _consumer.Subscribe(_feeds.Select(feed => feed.Topic));
    }

    public bool IsAtEnd =>
        _partitions.Count > 0
            ? _partitions.Values.All(partition => partition.IsAtEnd)
            : _lake.Clock.GetElapsedTime(_rebalanced) > IdlePatience;

    public bool IsPaused { get; set; }

    public void Read(ILiveIntake intake, TimeSpan wait, bool all)
    {
        _intake = intake;
        ThrowIfFailed();
        Pause();
        Reopen();
        Consume((int)wait.TotalMilliseconds);
        foreach (var partition in _partitions.Values)
        {
            if (partition.TakeCommitted() is { } committed)
                TellBroker(partition, committed);
            if (all || partition.FilledBytes >= _framing.BlockBytes)
                Cut(partition);
        }
    }

    public void Restart(IReadOnlyList<ILiveStream> streams)
    {
        foreach (var partition in streams.Cast<KafkaPartition>())
        {
            partition.GiveUp();
            _restarts.Enqueue(partition);
        }
    }

    /// <summary>Leaves the group.</summary>
    public void Dispose()
    {
        _intake = null;
        RdKafka.DestroyQueue(_queue);
        try
        {
            _consumer.Close();
        }
        catch (KafkaException)
        {
            // The group notices by itself that the member is gone.
        }

        _admin.Dispose();
        _consumer.Dispose();
        NativeMemory.Free(_batch);
        foreach (var partition in _partitions.Values)
            partition.Dispose();
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw failure as SourceException ?? new SourceException($"Kafka: {failure.Message}");
        if (_replaced is not { } topics)
            return;
        Note(KafkaNoticeKind.Recreated, $"{topics}: deleted and made again; what is there now is a new stream");
        throw new SourceException($"Kafka: {topics} was deleted or made again");
    }

    private void Consume(int milliseconds)
    {
        var count = (int)RdKafka.ConsumeBatch(_queue, milliseconds, _batch, MostMessages);
        for (var i = 0; i < count; i++)
        {
            var message = _batch[i];
            try
            {
                Take(message);
            }
            finally
            {
                RdKafka.DestroyMessage(message);
            }
        }

        _revokedInCall.Clear();
    }

    private void Take(RdKafkaMessage* message)
    {
        if (Find(message) is not { } partition)
        {
            if (message->Error != 0)
                NoteError(message);
            return;
        }

        if (message->Error == 0)
            partition.Add(message->Payload, checked((int)message->Length), message->Offset);
        else if (message->Error == RdKafka.PartitionEof)
            partition.IsAtEnd = true;
        else if (message->Error == RdKafka.AutoOffsetReset)
            _gone.Add(partition);
        else
            NoteError(message);
    }

    // Messages come in runs of one partition, and partitions that are not ours any more may still send some.
    private KafkaPartition? Find(RdKafkaMessage* message)
    {
        var address = (message->Topic, message->Partition);
        if (_byAddress.TryGetValue(address, out var partition))
            return partition;
        if (
            message->Topic == 0
            || !_partitions.TryGetValue(new(RdKafka.TopicName(message->Topic), message->Partition), out partition)
        )
            return null;
        return _byAddress[address] = partition;
    }

    private void Cut(KafkaPartition partition)
    {
        _telemetry.Read(partition.Partition.Topic, partition.Messages, partition.FilledBytes, partition.Tombstones);
        if (partition.Cut(PositionOf(partition)) is { } block)
            _intake!.Add(partition, block);
    }

    // Behind markers of transactions and records of aborted ones, which are never given.
    private long PositionOf(KafkaPartition partition)
    {
        try
        {
            var position = _consumer.Position(partition.Partition).Value;
            var end = _consumer.GetWatermarkOffsets(partition.Partition).High.Value;
            if (position >= 0 && end >= 0)
                _telemetry.Lag(
                    partition.Partition.Topic,
                    partition.Partition.Partition.Value,
                    Math.Max(0, end - position)
                );
            return position;
        }
        catch (KafkaException)
        {
            return -1;
        }
    }

    private void TellBroker(KafkaPartition partition, long committed)
    {
        try
        {
            _consumer.StoreOffset(new TopicPartitionOffset(partition.Partition, committed));
            FaultPoint.Reach("kafka: broker told");
        }
        catch (KafkaException)
        {
            // It is not ours any more; its next owner tells.
        }
    }

    private void Pause()
    {
        if (!IsPaused && _paused.Count > 0)
        {
            _consumer.Resume(_paused.Where(_partitions.ContainsKey));
            _paused.Clear();
        }
        else if (IsPaused && _partitions.Count > _paused.Count)
        {
            TopicPartition[] running = [.. _partitions.Keys.Where(each => !_paused.Contains(each))];
            _consumer.Pause(running);
            _paused.UnionWith(running);
        }
    }

    private void NoteError(RdKafkaMessage* message)
    {
        var error = new Error((ErrorCode)message->Error);
        if (error.Code == ErrorCode.Local_Fatal)
            _failure = new SourceException($"Kafka: {error.Reason}");
        Note(KafkaNoticeKind.Client, error.Reason);
    }

    private void Note(KafkaNoticeKind kind, string text) => _notices(new KafkaNotice(kind, text));
}
