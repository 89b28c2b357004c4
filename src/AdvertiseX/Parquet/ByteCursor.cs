using System.Runtime.CompilerServices;

namespace AdvertiseX.Parquet;

/// <summary>Walks over a page's bytes, never past their end. Whoever takes a number asks <see cref="Failed"/>
/// afterwards.</summary>
internal unsafe struct ByteCursor(byte* bytes, int length)
{
    private readonly byte* _end = bytes + length;
    private byte* _at = bytes;

    /// <summary>Whether a number had no end; everything then reads as 0.</summary>
    public bool Failed { get; private set; }

    /// <summary>The next byte.</summary>
    public readonly byte* At => _at;

    public readonly int Left => (int)(_end - _at);

    /// <summary>Takes an unsigned LEB128 number of at most 10 bytes.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && _at < _end; shift += 7)
        {
            var part = *_at++;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        Failed = true;
        _at = _end;
        return 0;
    }

    public long Zigzag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Steps over bytes; false when there are not so many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Skip(long count)
    {
        if ((ulong)count > (ulong)(_end - _at))
            return false;
        _at += count;
        return true;
    }
}
