using System.Buffers;

namespace AdvertiseX.Columns;

/// <summary>A buffer of <see cref="NativePool"/> for those who take <see cref="Memory{T}"/> or a stream. The owner
/// disposes it once, when nobody reads it any more; it then goes back to the pool. Not thread-safe.</summary>
/// <param name="buffer">The buffer; it goes back with this.</param>
internal sealed unsafe class PooledMemory(NativeBuffer buffer) : MemoryManager<byte>
{
    /// <summary>Usable bytes.</summary>
    public int Length => checked((int)buffer.Length);

    public override Span<byte> GetSpan() => buffer.Span;

    /// <summary>Reads the first bytes, while this is not disposed.</summary>
    public Stream OpenRead(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        return new UnmanagedMemoryStream(buffer.Pointer, length);
    }

    /// <summary>Native memory stays where it is.</summary>
    public override MemoryHandle Pin(int elementIndex = 0) => new(buffer.Pointer + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            buffer.Dispose();
    }
}
