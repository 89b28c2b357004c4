using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Sources;

/// <summary>
/// The messages of one stream that are in no block yet, copied one behind another. Positions number messages. Not
/// thread-safe.
/// </summary>
internal sealed unsafe class MessageBlock : IDisposable
{
    private const int FirstBytes = 64 << 10;

    private NativeBuffer? _buffer;
    private MessageSpans? _messages;
    private long _from;

    /// <summary>Bytes of the messages, and one more for each.</summary>
    public int FilledBytes { get; private set; }

    /// <summary>Number of messages.</summary>
    public int Count => _messages?.Count ?? 0;

    /// <summary>Whether something was added since the last cut, if only a position.</summary>
    public bool HasAny => _messages is not null;

    /// <summary>Says where the block begins, if nothing was added so far.</summary>
    /// <param name="from">The stream's position after everything that was cut.</param>
    public void BeginAt(long from)
    {
        if (_messages is not null)
            return;
        _messages = new MessageSpans();
        _from = from;
    }

    /// <summary>Copies a message, after <see cref="BeginAt"/>.</summary>
    public void Add(ReadOnlySpan<byte> message, long offset, MessageFormat format = MessageFormat.None)
    {
        // A line end behind it, so that two messages never make one text.
        Reserve(FilledBytes + message.Length + 1);
        message.CopyTo(new Span<byte>(_buffer!.Pointer + FilledBytes, message.Length));
        _buffer.Pointer[FilledBytes + message.Length] = (byte)'\n';
        _messages!.Add(new MessageSpan(offset, FilledBytes, message.Length, format));
        FilledBytes += message.Length + 1;
    }

    /// <summary>Makes a block of everything since the last cut.</summary>
    /// <param name="next">Where it ends, exclusive.</param>
    /// <param name="isDamaged">Whether it is what is left of damaged messages.</param>
    /// <param name="receivedMicros">When its messages were received; null for now.</param>
    public Block Cut(long next, bool isDamaged = false, long? receivedMicros = null)
    {
        var messages = _messages ?? throw new InvalidOperationException("The block was not begun.");
        messages.Next = next;
        var block = new Block(_buffer ?? NativePool.Rent(1), FilledBytes, _from)
        {
            Messages = messages,
            IsDamaged = isDamaged,
            ReceivedMicros = receivedMicros,
        };
        (_buffer, _messages, FilledBytes) = (null, null, 0);
        return block;
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _messages?.Dispose();
        (_buffer, _messages, FilledBytes) = (null, null, 0);
    }

    private void Reserve(int bytes)
    {
        if (_buffer is { } enough && bytes <= enough.Length)
            return;
        var grown = NativePool.Rent(Math.Max(bytes, _buffer is null ? FirstBytes : _buffer.Length * 2));
        if (_buffer is { } full)
        {
            new ReadOnlySpan<byte>(full.Pointer, FilledBytes).CopyTo(new Span<byte>(grown.Pointer, FilledBytes));
            full.Dispose();
        }

        _buffer = grown;
    }
}
