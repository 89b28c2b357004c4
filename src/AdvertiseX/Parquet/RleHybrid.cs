using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdvertiseX.Parquet;

/// <summary>Runs and bit-packed groups of 8 (parquet-format Encodings.md, "Run Length Encoding / Bit-Packing
/// Hybrid").</summary>
internal static unsafe partial class RleHybrid
{
    /// <summary>Bits that codes up to <paramref name="largest"/> need; at least 1, as some readers do not take
    /// 0.</summary>
    public static int WidthOf(int largest) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)largest));

    /// <summary>
    /// Appends <paramref name="count"/> codes. The memory after the codes must be writable for 8 more: it is
    /// overwritten with the padding of the last group.
    /// </summary>
    public static void Encode(int* codes, int count, int width, EncodeBuffer output)
    {
        var groups = (count + 7) / 8;
        for (var i = count; i < groups * 8; i++)
            codes[i] = codes[count - 1];
        var to = output.Reserve(((long)groups * (width + 1)) + 32);
        var start = to;
        var worthwhile = width >= 4 ? 2 : 6;
        var literal = 0;
        for (var g = 0; g < groups; )
        {
            var run = UniformGroups(codes, g, groups);
            if (run < worthwhile)
            {
                g += Math.Max(run, 1);
                continue;
            }

            to = PutLiteral(codes, literal, g, width, to);
            to = PutRun(codes[g * 8], Math.Min(run * 8, count - (g * 8)), width, to);
            g += run;
            literal = g;
        }

        to = PutLiteral(codes, literal, groups, width, to);
        output.Advance(to - start);
    }

    /// <summary>Groups from <paramref name="g"/> on that hold one and the same code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int UniformGroups(int* codes, int g, int groups)
    {
        var first = Vector256.Create(codes[g * 8]);
        var end = g;
        while (end < groups && Vector256.EqualsAll(Vector256.Load(codes + (end * 8)), first))
            end++;
        return end - g;
    }

    private static byte* PutRun(int code, int count, int width, byte* to)
    {
        to = EncodeBuffer.PutVarint(to, (ulong)count << 1);
        Unsafe.WriteUnaligned(to, code);
        return to + ((width + 7) / 8);
    }

    private static byte* PutLiteral(int* codes, int from, int until, int width, byte* to)
    {
        if (from == until)
            return to;
        to = EncodeBuffer.PutVarint(to, ((ulong)(until - from) << 1) | 1);
        return BitPacking.PackCodes(codes + (from * 8), until - from, width, to);
    }
}
