using AdvertiseX.Columns;

namespace AdvertiseX.Events;

/// <summary>A list of <see cref="RecordSpan"/> in pooled native memory. Not thread-safe.</summary>
internal sealed unsafe class RecordSpans : IDisposable
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

    /// <summary>A list of its own of those that start from <paramref name="from"/> to before <paramref name="to"/>, as
    /// many bytes earlier.</summary>
    public RecordSpans Part(int from, int to, int earlier)
    {
        var part = new RecordSpans();
        for (var i = 0; i < Count; i++)
            if (this[i].Start >= from && this[i].Start < to)
                part.Add(this[i] with { Start = this[i].Start - earlier });
        return part;
    }

    public void Dispose() => _buffer.Dispose();
}
