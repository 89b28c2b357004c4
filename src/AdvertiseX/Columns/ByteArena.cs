using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AdvertiseX.Columns;

/// <summary>One growing run of bytes that texts are appended to; at most 2 GB. Not thread-safe.</summary>
internal sealed unsafe class ByteArena : IDisposable
{
    private const int VectorBytes = 32;
    private const int PageBytes = 4096;
    private NativeBuffer? _buffer;
    private byte* _bytes;
    private long _capacity;

    /// <summary>First byte; moves when the arena grows.</summary>
    public byte* Bytes => _bytes;

    public long Length { get; private set; }

    /// <summary>Appends and returns where the bytes start.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Append(byte* source, int length)
    {
        var start = Length;
        if (start + length + VectorBytes > _capacity)
            Grow(start + length + VectorBytes);
        Length = start + length;

        // Texts of events are short: one vector costs less than a call. What it reads too much lies in a page that
        // holds the text, what it writes too much is overwritten by the next text.
        if ((uint)(length - 1) < VectorBytes && ((nuint)source & (PageBytes - 1)) <= PageBytes - VectorBytes)
            Vector256.Load(source).Store(_bytes + start);
        else
            Unsafe.CopyBlockUnaligned(_bytes + start, source, (uint)length);
        return (uint)start;
    }

    /// <summary>Makes room for <paramref name="length"/> bytes at the end and returns where they start; the caller
    /// fills them.</summary>
    public uint Extend(int length)
    {
        var start = Length;
        if (start + length > _capacity)
            Grow(start + length);
        Length = start + length;
        return (uint)start;
    }

    /// <summary>Makes room for <paramref name="length"/> bytes in all, so that appending up to there moves
    /// nothing.</summary>
    public void Reserve(long length)
    {
        if (length > _capacity)
            Grow(length);
    }

    /// <summary>Forgets what was appended since the arena had this length.</summary>
    public void Truncate(long length) => Length = length;

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
        _bytes = null;
        _capacity = 0;
        Length = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(long needed)
    {
        if (needed > int.MaxValue)
            throw new InvalidOperationException("a column's text exceeds 2 GB in one batch");
        var grown = NativePool.Rent(Math.Max(needed, Math.Max(4096, _capacity * 2)));
        if (_buffer != null)
            NativeMemory.Copy(_bytes, grown.Pointer, (nuint)Length);
        _buffer?.Dispose();
        _buffer = grown;
        _bytes = grown.Pointer;
        _capacity = grown.Length;
    }
}
