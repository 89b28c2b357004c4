using AdvertiseX.Columns;

namespace AdvertiseX.Events;

/// <summary>A list of <see cref="MessageSpan"/> in pooled native memory. Not thread-safe.</summary>
internal sealed unsafe class MessageSpans : IDisposable
{
    private const int FirstCapacity = 256;
    private NativeBuffer _buffer = NativePool.Rent((long)FirstCapacity * sizeof(MessageSpan));

    public int Count { get; private set; }

    /// <summary>Position after the last message, and after whatever of the stream is no message.</summary>
    public long Next { get; set; }

    public MessageSpan this[int i] => ((MessageSpan*)_buffer.Pointer)[i];

    public void Add(in MessageSpan span)
    {
        if ((long)(Count + 1) * sizeof(MessageSpan) > _buffer.Length)
        {
            var grown = NativePool.Rent(_buffer.Length * 2);
            Buffer.MemoryCopy(_buffer.Pointer, grown.Pointer, grown.Length, (long)Count * sizeof(MessageSpan));
            _buffer.Dispose();
            _buffer = grown;
        }

        ((MessageSpan*)_buffer.Pointer)[Count++] = span;
        Next = span.Offset + 1;
    }

    public void Dispose() => _buffer.Dispose();
}
