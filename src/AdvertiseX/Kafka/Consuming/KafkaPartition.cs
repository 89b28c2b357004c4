using AdvertiseX.Columns;
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
    private const int FirstBytes = 64 << 10;

    private readonly ISchemas _schemas;
    private readonly long _opened;
    private NativeBuffer? _buffer;
    private MessageSpans? _messages;
    private int _filled;
    private long _from;
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
    public int FilledBytes => _filled;

    /// <summary>Messages with a value that are in no block yet.</summary>
    public int Messages => _messages?.Count ?? 0;

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
        if (_messages is null)
        {
            _messages = new MessageSpans();
            _from = Next;
        }

        Next = offset + 1;
        if (payload == null)
        {
            _messages.Next = Next;
            Tombstones++;
            return;
        }

        // A line end behind it, so that two messages never make one text.
        Reserve(_filled + length + 1);
        new ReadOnlySpan<byte>(payload, length).CopyTo(new Span<byte>(_buffer!.Pointer + _filled, length));
        _buffer.Pointer[_filled + length] = (byte)'\n';
        _messages.Add(new MessageSpan(offset, _filled, length));
        _filled += length + 1;
    }

    /// <summary>Makes a block of the messages since the last one; null if nothing was read since.</summary>
    /// <param name="position">Where the block ends, if that is behind its last message: offsets between are no
    /// messages, as markers of transactions. Null to end after the last message.</param>
    public CutBlock? Cut(long? position = null)
    {
        var next = Math.Max(Next, position ?? 0);
        if (_messages is null && (IsNew || next == Next))
            return null;
        var messages = _messages ?? new MessageSpans();
        var from = _messages is null ? Next : _from;
        Next = next;
        messages.Next = Next;
        var block = new Block(_buffer ?? NativePool.Rent(1), _filled, from) { Messages = messages };
        (_buffer, _messages, _filled, Tombstones) = (null, null, 0, 0);
        return new CutBlock(block, new ContentMark(block.Next, null));
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _messages?.Dispose();
        (_buffer, _messages, _filled) = (null, null, 0);
    }

    private void Reserve(int bytes)
    {
        if (_buffer is { } enough && bytes <= enough.Length)
            return;
        var grown = NativePool.Rent(Math.Max(bytes, _buffer is null ? FirstBytes : _buffer.Length * 2));
        if (_buffer is { } full)
        {
            new ReadOnlySpan<byte>(full.Pointer, _filled).CopyTo(new Span<byte>(grown.Pointer, _filled));
            full.Dispose();
        }

        _buffer = grown;
    }
}
