using System.Runtime.InteropServices;

namespace AdvertiseX.Columns;

/// <summary>
/// A piece of native memory from <see cref="NativePool"/>. At least <see cref="Padding"/> bytes past
/// <see cref="Length"/> may be read (not written), so that vector loads need no tail case. The owner disposes it once;
/// it then goes back to the pool. Not thread-safe.
/// </summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Readable bytes past the end.</summary>
    public const int Padding = 64;

    private byte* _pointer;

    internal NativeBuffer(long length)
    {
        _pointer = PageMemory.Allocate((nuint)(length + Padding));
        Length = length;
        NativeMemory.Clear(_pointer + length, Padding);
    }

    /// <summary>First byte; aligned to 64.</summary>
    public byte* Pointer => _pointer != null ? _pointer : throw new ObjectDisposedException(nameof(NativeBuffer));

    /// <summary>Usable bytes; a power of two, at least what was asked for.</summary>
    public long Length { get; }

    public Span<byte> Span => new(Pointer, checked((int)Length));

    /// <summary>Sets the first <paramref name="bytes"/> bytes to zero.</summary>
    public void Clear(long bytes) => NativeMemory.Clear(Pointer, (nuint)bytes);

    public void Dispose() => NativePool.Return(this);

    internal void Free()
    {
        PageMemory.Free(_pointer, (nuint)(Length + Padding));
        _pointer = null;
    }
}
