using System.Buffers;

namespace AdvertiseX.Compression;

/// <summary>Native memory for a library that wants <see cref="Memory{T}"/>. Invariant: whoever makes one keeps the
/// memory in its place until the last use of the view.</summary>
internal sealed unsafe class NativeMemoryView(byte* start, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(start, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}
