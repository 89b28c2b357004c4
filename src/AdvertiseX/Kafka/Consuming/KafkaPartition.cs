using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Messages;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// The reading of a partition from its assignment until it is given up: copies messages into blocks. A position is an
/// offset. For the thread that reads, unless a member says otherwise.
/// </summary>
internal sealed unsafe class KafkaPartition : ILiveStream, IDisposable
{
    private readonly ISchemas _schemas;
    private readonly long _opened;
    private readonly MessageBlock _read = new();
    private long _acknowledged = -1;
    private long _committed = -1;
    private volatile bool _isGivenUp;

    /// <param name="partition">Topic and number.</param>
    /// <param name="stream">Name of its stream in the ledger.</param>
    /// <param name="from">Position to read from; null to begin at the oldest record.</param>
    /// <param name="contract">How fields of its records map.</param>
    /// <param name="schemas">Schemas of messages in Avro.</param>
    public KafkaPartition(
        TopicPartition partition,
        string stream,
        long? from,
        CompiledContract contract,
        ISchemas schemas
    )
    {
        Partition = partition;
        Stream = stream;
        IsNew = from is null;
        Next = _opened = from ?? 0;
        Contract = contract;
        _schemas = schemas;
    }

    public TopicPartition Partition { get; }

    public string Name => $"{Partition.Topic} [{Partition.Partition.Value}]";

    public string Stream { get; }

    public CompiledContract Contract { get; }

    public bool IsEndless => true;

    public bool IsGivenUp => _isGivenUp;

    /// <summary>True until the first message of a partition that the ledger does not know.</summary>
    public bool IsNew { get; private set; }

    /// <summary>The first offset that was not read; 0 while the partition is new.</summary>
    public long Next { get; private set; }

    /// <summary>Whether something was read that is not known to be in the ledger.</summary>
    public bool HasUncommitted => Next > Math.Max(_opened, Interlocked.Read(ref _committed));

    /// <summary>True once everything was read that was there when the partition was opened.</summary>
    public bool IsAtEnd { get; set; }

    /// <summary>Whether the consumer was told to pause the partition; null if it was told nothing yet: librdkafka keeps
    /// a pause of an earlier reading.</summary>
    public bool? IsPaused { get; set; }

    /// <summary>Records that the consumer has not handed out yet, as far as is known.</summary>
    public long Lag { get; set; }

    /// <summary>Whether there are records that the ledger does not hold, read or not.</summary>
    public bool HasWork => Lag > 0 || HasUncommitted;

    /// <summary>Bytes of messages that are in no block yet.</summary>
    public int FilledBytes => _read.FilledBytes;

    /// <summary>Messages with a value that are in no block yet.</summary>
    public int Messages => _read.Count;

    /// <summary>Messages without a value that are in no block yet.</summary>
    public int Tombstones { get; private set; }

    /// <summary>What is not in the ledger now never gets there from this reading. For any thread.</summary>
    public void GiveUp() => _isGivenUp = true;

    public ValueTask PrepareAsync(Block block) => _schemas.LearnAsync(NamedSchemas.In(block));

    public IBlockDecoder CreateDecoder(FramerOptions options) => new MessageDecoder(Contract, options, _schemas);

    /// <summary>Keeps the position for <see cref="TakeCommitted"/>. For any thread.</summary>
    public ValueTask CommittedAsync(long next, CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _committed, next);
        return ValueTask.CompletedTask;
    }

    /// <summary>The offset up to which the ledger holds the partition; null if it was taken before.</summary>
    public long? TakeCommitted()
    {
        var committed = Interlocked.Read(ref _committed);
        if (committed <= _acknowledged)
            return null;
        return _acknowledged = committed;
    }

    /// <summary>Has the broker told where the ledger stands, though nothing was read: it was not told before.</summary>
    public void TellAgain() => Interlocked.CompareExchange(ref _committed, _opened, -1);

    /// <summary>Copies a message; one below <see cref="Next"/> is ignored.</summary>
    /// <param name="payload">Its value; null for a tombstone.</param>
    /// <param name="length">Bytes of the value.</param>
    /// <param name="offset">Its offset.</param>
    public void Add(byte* payload, int length, long offset)
    {
        if (offset < Next)
            return;
        if (IsNew)
            (IsNew, Next) = (false, offset);
        _read.BeginAt(Next);
        Next = offset + 1;
        if (payload == null)
            Tombstones++;
        else
            _read.Add(new ReadOnlySpan<byte>(payload, length), offset);
    }

    /// <summary>Makes a block of the messages since the last one; null if nothing was read since.</summary>
    /// <param name="position">Where the block ends, if that is behind its last message: offsets between are no
    /// messages, as markers of transactions. Null to end after the last message.</param>
    public CutBlock? Cut(long? position = null)
    {
        var next = Math.Max(Next, position ?? 0);
        if (!_read.HasAny && (IsNew || next == Next))
            return null;
        _read.BeginAt(Next);
        Next = next;
        Tombstones = 0;
        return new CutBlock(_read.Cut(next), new ContentMark(next, null));
    }

    public void Dispose() => _read.Dispose();
}
