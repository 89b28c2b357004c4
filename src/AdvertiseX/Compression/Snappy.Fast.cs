using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdvertiseX.Compression;

/// <summary>The elements far from either end, in whole vectors.</summary>
public static unsafe partial class Snappy
{
    // The longest copy; so much may be written at once.
    private const int OutputRoom = 64;

    // A tag, four bytes of a length or offset, and a vector.
    private const int InputRoom = 32;

    /// <summary>
    /// Decompresses until an element is near an end or is wrong, and stops before it: the plain loop goes on there and judges. Invariant:
    /// at the start of an element at least <see cref="InputRoom"/> bytes are left to read and <see cref="OutputRoom"/> to write, so a
    /// short literal and any copy may take whole vectors; what they write too much is overwritten by what follows. A longer literal's
    /// length and a copy's offset are checked before use.
    /// </summary>
    private static void DecompressBulk(ReadOnlySpan<byte> block, ref int at, Span<byte> destination, ref int to)
    {
        if (!BitConverter.IsLittleEndian)
            return;
        fixed (byte* first = block, start = destination)
        {
            var from = first + at;
            var next = start + to;
            var lastFrom = first + block.Length - InputRoom;
            var lastNext = start + destination.Length - OutputRoom;
            while (from <= lastFrom && next <= lastNext)
            {
                uint tag = *from;
                if ((tag & 3) == 0)
                {
                    var literal = (tag >> 2) + 1;
                    if (literal <= 16)
                    {
                        Vector128.Load(from + 1).Store(next);
                        from += 1 + literal;
                        next += literal;
                    }
                    else
                    {
                        // Copies, so that the loop's own pointers stay in registers.
                        var (f, n) = ((nint)from, (nint)next);
                        if (!LongLiteral(ref f, ref n, lastFrom + InputRoom, lastNext + OutputRoom))
                            break;
                        from = (byte*)f;
                        next = (byte*)n;
                    }

                    continue;
                }

                uint length, offset, taken;
                if ((tag & 3) == 1)
                {
                    (length, offset, taken) = (((tag >> 2) & 7) + 4, ((tag & 0xE0) << 3) | from[1], 2);
                }
                else
                {
                    length = (tag >> 2) + 1;
                    (offset, taken) = (tag & 3) == 2
                        ? (Unsafe.ReadUnaligned<ushort>(from + 1), 3u) : (Unsafe.ReadUnaligned<uint>(from + 1), 5u);
                }

                if (offset == 0 || offset > (ulong)(next - start))
                    break;
                Copy(next, next - offset, offset, length);
                from += taken;
                next += length;
            }

            at = (int)(from - first);
            to = (int)(next - start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* to, byte* from, uint offset, uint length)
    {
        if (offset >= 16)
        {
            Vector128.Load(from).Store(to);
            for (var i = 16u; i < length; i += 16)
                Vector128.Load(from + i).Store(to + i);
        }
        else if (offset >= 8)
        {
            for (var i = 0u; i < length; i += 8)
                Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<ulong>(from + i));
        }
        else
        {
            // The source overlaps what is being written: a run, byte by byte.
            for (var i = 0u; i < length; i++)
                to[i] = from[i];
        }
    }

    private static bool LongLiteral(ref nint from, ref nint next, byte* fromEnd, byte* nextEnd)
    {
        var element = (byte*)from;
        var extra = Math.Max((*element >> 2) - 59, 0);
        long length = extra == 0 ? *element >> 2 : Unsafe.ReadUnaligned<uint>(element + 1) & (uint.MaxValue >> (32 - (8 * extra)));
        length++;
        var data = element + 1 + extra;
        if (length > fromEnd - data || length > nextEnd - (byte*)next)
            return false;
        Unsafe.CopyBlockUnaligned((void*)next, data, (uint)length);
        from = (nint)(data + length);
        next += (nint)length;
        return true;
    }
}
