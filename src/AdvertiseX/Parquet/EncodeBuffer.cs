using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>Bytes that grow at the end, in pooled native memory. Not thread-safe.</summary>
internal sealed unsafe class EncodeBuffer : IDisposable
{
    /// <summary>Bytes that may be written past what was reserved, so that copies need no tail case.</summary>
    public const int Slack = 64;

    private NativeBuffer _buffer;

    public EncodeBuffer(long capacity = 4096)
    {
        _buffer = NativePool.Rent(capacity + Slack);
        Bytes = _buffer.Pointer;
    }

    /// <summary>First byte; moves when the buffer grows.</summary>
    public byte* Bytes { get; private set; }

    public long Length { get; private set; }

    public ReadOnlySpan<byte> Span => new(Bytes, checked((int)Length));

    /// <summary>Makes room and returns where the next byte goes; <see cref="Advance"/> says how much of it was
    /// used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Reserve(long bytes)
    {
        if (Length + bytes + Slack > _buffer.Length)
            Grow(Length + bytes + Slack);
        return Bytes + Length;
    }

    public void Advance(long bytes) => Length += bytes;

    public void Clear() => Length = 0;

    public void Append(byte* source, long bytes)
    {
        NativeMemory.Copy(source, Reserve(bytes), (nuint)bytes);
        Length += bytes;
    }

    public void Append(ReadOnlySpan<byte> source)
    {
        fixed (byte* p = source)
            Append(p, source.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendByte(byte value)
    {
        *Reserve(1) = value;
        Length++;
    }

    /// <summary>Appends an unsigned LEB128 number, at most 10 bytes.</summary>
    public void AppendVarint(ulong value)
    {
        var start = Reserve(10);
        Length += PutVarint(start, value) - start;
    }

    public void AppendZigzag(long value) => AppendVarint(Zigzag(value));

    public void Dispose() => _buffer.Dispose();

    /// <summary>Writes a number and returns the byte after it.</summary>
    internal static byte* PutVarint(byte* to, ulong value)
    {
        while (value >= 0x80)
        {
            *to++ = (byte)(value | 0x80);
            value >>= 7;
        }

        *to++ = (byte)value;
        return to;
    }

    internal static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(long needed)
    {
        var grown = NativePool.Rent(Math.Max(needed, _buffer.Length * 2));
        NativeMemory.Copy(Bytes, grown.Pointer, (nuint)Length);
        _buffer.Dispose();
        _buffer = grown;
        Bytes = grown.Pointer;
    }
}
