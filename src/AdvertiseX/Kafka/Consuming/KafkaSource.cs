using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// The partitions that a consumer group gives to one member, read side by side from where the ledger stands. What
/// belongs to one of them alone is its <see cref="KafkaPartition"/>; <see cref="GroupMembership"/> opens and drains
/// them, <see cref="TopicWatch"/> and <see cref="RetentionGaps"/> see that records are other ones, or gone.
/// </summary>
internal sealed class KafkaSource : ILiveSource, IDisposable
{
    private static readonly TimeSpan IdlePatience = TimeSpan.FromSeconds(5);

    private readonly WorkerEnvironment _environment;
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly KafkaCluster _cluster;
    private readonly MessageQueue _messages;
    private readonly MessageQueue.Taker _take;
    private readonly OpenPartitions _partitions;
    private readonly ConsumerPositions _positions;
    private readonly PartitionOpener _opener;
    private readonly GroupMembership _group;
    private readonly TopicWatch _topics;
    private readonly RetentionGaps _gaps;
    private readonly GroupProgress _progress;
    private readonly ClientErrors _errors;
    private volatile Exception? _fatal;
    private volatile Error? _unauthenticated;

    /// <param name="environment">Topics, lake, schemas.</param>
    /// <param name="config">Configuration of the consumer.</param>
    /// <param name="letters">Sends rejects that may not have been sent.</param>
    /// <exception cref="SourceException">The configuration is wrong.</exception>
    public KafkaSource(WorkerEnvironment environment, ConsumerConfig config, DeadLetters letters)
    {
        _environment = environment;
        _errors = new ClientErrors(environment.Clock);
        _consumer = BuildConsumer(config);
        _cluster = new KafkaCluster(
            new DependentAdminClientBuilder(_consumer.Handle).Build(),
            environment.Kafka.Brokers
        );
        _messages = new MessageQueue(_consumer.Handle);
        _take = Take;
        _partitions = new OpenPartitions(environment.Telemetry);
        _positions = new ConsumerPositions(_consumer, environment.Telemetry);
        _opener = new PartitionOpener(environment, _consumer, _cluster, _partitions, letters);
        _group = new GroupMembership(environment, _partitions, _opener, _positions);
        _topics = new TopicWatch(_cluster, environment);
        _progress = new GroupProgress(environment, _cluster);
        _gaps = new RetentionGaps(environment, _consumer, _partitions, _opener, _positions, _topics);
        _consumer.Subscribe(environment.Feeds.Select(feed => feed.Topic));
    }

    public bool IsAtEnd =>
        (
            _partitions.All.Count > 0
                ? _partitions.All.All(partition => partition.IsAtEnd)
                : _group.SinceRebalance > IdlePatience
        ) && _progress.HoldsAllBut(_partitions.All);

    public bool IsPaused { get; set; }

    public void Read(ILiveIntake intake, TimeSpan wait, bool all)
    {
        ThrowIfFailed();
        _group.Intake = intake;
        _opener.ReopenGivenUp();
        _gaps.Pass(intake);
        _topics.Watch(_partitions.All);
        PauseOrResume();
        _messages.Read(wait, _take);
        _group.ReadEnded();
        foreach (var partition in _partitions.All)
            HandOn(partition, intake, all);
        _environment.Health.Turned(_partitions.All.Any(partition => partition.HasWork));
    }

    public async ValueTask<IReadOnlyList<ILiveStream>> FindReplacedAsync(
        IReadOnlyList<ILiveStream> streams,
        CancellationToken cancellation
    ) => await _topics.FindReplacedAsync([.. streams.Cast<KafkaPartition>()]);

    public void Restart(IReadOnlyList<ILiveStream> streams)
    {
        foreach (var partition in streams.Cast<KafkaPartition>())
            _opener.GiveUp(partition);
    }

    /// <summary>Leaves the group.</summary>
    public void Dispose()
    {
        _group.Intake = null;
        _messages.Dispose();
        // What was committed since the last read: dead letters of it would be sent again at the next start.
        foreach (var partition in _partitions.All)
            _positions.TellCommitted(partition);
        try
        {
            _consumer.Close();
        }
        catch (KafkaException)
        {
            // The group notices by itself that the member is gone.
        }

        _cluster.Dispose();
        _consumer.Dispose();
        _partitions.Dispose();
    }

    private IConsumer<Ignore, Ignore> BuildConsumer(ConsumerConfig config)
    {
        try
        {
            return new ConsumerBuilder<Ignore, Ignore>(config)
                .SetPartitionsAssignedHandler((_, given) => _group.Assigned(given))
                .SetPartitionsRevokedHandler(
                    (_, taken) => _group.Revoked([.. taken.Select(each => each.TopicPartition)])
                )
                .SetPartitionsLostHandler((_, lost) => _group.Lost([.. lost.Select(each => each.TopicPartition)]))
                .SetErrorHandler((_, error) => TakeError(error))
                .SetLogHandler((_, _) => { })
                .Build();
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or ArgumentException)
        {
            throw new SourceException($"Kafka: {wrong.Message}");
        }
    }

    // A single broker that refuses the worker is no reason to leave the group.
    private bool IsOut => _topics.IsOut || (!_group.IsMember && _group.SinceRebalance > IdlePatience);

    private static bool IsOfCredentials(ErrorCode code) =>
        code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Ssl;

    private void ThrowIfFailed()
    {
        if (_fatal is { } fatal)
            throw fatal;
        if (_unauthenticated is { } refused && IsOut)
            throw new SourceException($"Kafka: {refused.Reason}; the client's properties are read anew");
        _group.ThrowIfFailed();
        _topics.ThrowIfReplaced();
    }

    private unsafe void Take(in RdKafkaMessage message)
    {
        // Of a partition that another worker has by now a few messages may still come.
        var partition = _partitions.Find(message);
        switch (message.Error)
        {
            case 0:
                partition?.Add(message.Payload, checked((int)message.Length), message.Offset);
                break;
            case RdKafkaConsuming.PartitionEof:
                partition?.IsAtEnd = true;
                break;
            case RdKafkaConsuming.AutoOffsetReset:
                if (partition is not null)
                    _gaps.Add(partition);
                break;
            default:
                TakeError(new Error((ErrorCode)message.Error));
                break;
        }
    }

    private void TakeError(Error error)
    {
        if (error.Code == ErrorCode.Local_Fatal || error.IsFatal)
            _fatal = new SourceException($"Kafka: {error.Reason}");
        if (IsOfCredentials(error.Code))
            _unauthenticated = error;
        if (_errors.IsNews(error))
            _environment.Tell(KafkaNoticeKind.Client, error.Reason);
    }

    private void HandOn(KafkaPartition partition, ILiveIntake intake, bool all)
    {
        _positions.TellCommitted(partition);
        if (!all && partition.FilledBytes < _environment.Ingest.Options.Framing.BlockBytes)
            return;
        _partitions.HandOn(partition, intake, _positions.Of(partition));
        _positions.MeasureLag(partition);
    }

    private void PauseOrResume()
    {
        List<KafkaPartition> others = [.. _partitions.All.Where(each => each.IsPaused != IsPaused)];
        if (others.Count == 0)
            return;
        var which = others.Select(each => each.Partition);
        if (IsPaused)
            _consumer.Pause(which);
        else
            _consumer.Resume(which);
        foreach (var partition in others)
            partition.IsPaused = IsPaused;
    }
}
