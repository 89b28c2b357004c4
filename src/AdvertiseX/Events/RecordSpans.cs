using AdvertiseX.Columns;

namespace AdvertiseX.Events;

/// <summary>A list of <see cref="RecordSpan"/> in pooled native memory. Not thread-safe.</summary>
public sealed unsafe class RecordSpans : IDisposable
{
    private NativeBuffer _buffer = NativePool.Rent(1024L * sizeof(RecordSpan));

    public int Count { get; private set; }

    public RecordSpan this[int i] => ((RecordSpan*)_buffer.Pointer)[i];

    public void Add(RecordSpan span)
    {
        if ((long)(Count + 1) * sizeof(RecordSpan) > _buffer.Length)
        {
            var grown = NativePool.Rent(_buffer.Length * 2);
            Buffer.MemoryCopy(_buffer.Pointer, grown.Pointer, grown.Length, (long)Count * sizeof(RecordSpan));
            _buffer.Dispose();
            _buffer = grown;
        }

        ((RecordSpan*)_buffer.Pointer)[Count++] = span;
    }

    public void Dispose() => _buffer.Dispose();
}
