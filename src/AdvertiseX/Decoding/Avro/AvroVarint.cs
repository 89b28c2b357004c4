using System.Runtime.CompilerServices;

namespace AdvertiseX.Decoding.Avro;

/// <summary>Zig-zag varints without a cursor's state. Reads nothing at or past the end.</summary>
internal static unsafe class AvroVarint
{
    /// <summary>Reads the number at <paramref name="p"/> and moves on; false, with nothing moved, where none ends
    /// before the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read(ref byte* p, byte* end, out long value)
    {
        if (p < end && *p < 0x80)
        {
            long one = *p++;
            value = (one >> 1) ^ -(one & 1);
            return true;
        }

        var length = Wide(p, end, out value);
        p += length;
        return length > 0;
    }

    /// <summary>Eight bytes at once: the low seven bits of each are moved together in pairs, fours and all.</summary>
    private static int Wide(byte* p, byte* end, out long value)
    {
        if (end - p >= 8 && BitConverter.IsLittleEndian)
        {
            var word = Unsafe.ReadUnaligned<ulong>(p);
            var stops = ~word & 0x8080808080808080;
            if (stops != 0)
            {
                word &= (stops ^ (stops - 1)) & 0x7F7F7F7F7F7F7F7F;
                word = (word & 0x007F007F007F007F) | ((word & 0x7F007F007F007F00) >> 1);
                word = (word & 0x00003FFF00003FFF) | ((word & 0x3FFF00003FFF0000) >> 2);
                word = (word & 0x000000000FFFFFFF) | ((word & 0x0FFFFFFF00000000) >> 4);
                value = (long)(word >> 1) ^ -(long)(word & 1);
                return (System.Numerics.BitOperations.TrailingZeroCount(stops) >> 3) + 1;
            }
        }

        var cursor = new AvroCursor(p, end, 0);
        value = cursor.Long();
        return cursor.Fault == AvroFault.None ? (int)(cursor.At - p) : 0;
    }
}
