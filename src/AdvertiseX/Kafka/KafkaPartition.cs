using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Messages;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka;

/// <summary>
/// A partition from its assignment until it is given up: copies its messages into blocks. A position is an offset.
/// Belongs to the thread that reads, but for what is said otherwise.
/// </summary>
internal sealed unsafe class KafkaPartition : ILiveStream, IDisposable
{
    private const int FirstBytes = 64 << 10;

    private readonly ISchemas _schemas;
    private NativeBuffer? _buffer;
    private MessageSpans? _messages;
    private int _filled;
    private long _from;
    private long _acknowledged = -1;
    private long _committed = -1;
    private volatile bool _isGivenUp;

    /// <param name="partition">Which it is.</param>
    /// <param name="stream">Name of its stream in the ledger.</param>
    /// <param name="from">Position to read from; null for the first that is there.</param>
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
        Next = from ?? 0;
        Contract = contract;
        _schemas = schemas;
    }

    public TopicPartition Partition { get; }

    public string Name => $"{Partition.Topic} [{Partition.Partition.Value}]";

    public string Stream { get; }

    public CompiledContract Contract { get; }

    public bool IsEndless => true;

    public bool IsGivenUp => _isGivenUp;

    /// <summary>Whether nothing of it was read yet, nor ever committed.</summary>
    public bool IsNew { get; private set; }

    /// <summary>The first offset that was not read.</summary>
    public long Next { get; private set; }

    /// <summary>Whether its end was reached.</summary>
    public bool IsAtEnd { get; set; }

    /// <summary>Bytes that were not handed on.</summary>
    public int FilledBytes => _filled;

    /// <summary>Messages that were not handed on.</summary>
    public int Messages => _messages?.Count ?? 0;

    /// <summary>Messages without a value that were not handed on.</summary>
    public int Tombstones { get; private set; }

    /// <summary>For any thread: nothing more of it is committed.</summary>
    public void GiveUp() => _isGivenUp = true;

    public IBlockDecoder CreateDecoder(FramerOptions options) => new MessageDecoder(Contract, options, _schemas);

    /// <summary>Notes for the broker what is in the ledger; it is told when the source reads next.</summary>
    public ValueTask CommittedAsync(long next, CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _committed, next);
        return ValueTask.CompletedTask;
    }

    /// <summary>An offset up to which the ledger holds the partition and of which the broker was not told yet, or
    /// null.</summary>
    public long? TakeCommitted()
    {
        var committed = Interlocked.Read(ref _committed);
        if (committed <= _acknowledged)
            return null;
        return _acknowledged = committed;
    }

    /// <summary>Copies a message. One that was read before is passed over.</summary>
    /// <param name="payload">Its value; null for a tombstone.</param>
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

    /// <summary>What was copied since the last block, with everything before an offset that is no message; null if
    /// there is nothing.</summary>
    /// <param name="position">Where the consumer stands: behind markers of transactions.</param>
    public CutBlock? Cut(long position)
    {
        if (_messages is null && (IsNew || position <= Next))
            return null;
        var messages = _messages ?? new MessageSpans();
        var from = _messages is null ? Next : _from;
        Next = Math.Max(Next, position);
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
