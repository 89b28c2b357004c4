using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AdvertiseX.Parquet;

/// <summary>Fixed-width packing, least significant bit first (parquet-format Encodings.md, "RLE/Bit-packing
/// hybrid").</summary>
internal static unsafe class BitPacking
{
    /// <summary>
    /// Packs values of <paramref name="width"/> bits (1 to 64), whose number × width is a multiple of 8, and returns
    /// the byte after them. Values must fit the width. Up to 8 bytes past that are overwritten.
    /// </summary>
    public static byte* Pack(ulong* values, int count, int width, byte* to)
    {
        ulong held = 0;
        var bits = 0;
        for (var i = 0; i < count; i++)
        {
            var value = values[i];
            held |= value << bits;
            bits += width;
            if (bits < 64)
                continue;
            Unsafe.WriteUnaligned(to, held);
            to += 8;
            bits -= 64;
            held = bits == 0 ? 0 : value >> (width - bits);
        }

        Unsafe.WriteUnaligned(to, held);
        return to + (bits >> 3);
    }

    /// <summary>
    /// Packs groups of 8 codes of <paramref name="width"/> bits (1 to 32) and returns the byte after them. Codes must
    /// fit the width. Up to 8 bytes past that are overwritten.
    /// </summary>
    public static byte* PackCodes(int* codes, int groups, int width, byte* to)
    {
        if (Bmi2.X64.IsSupported && Vector128.IsHardwareAccelerated)
        {
            if (width <= 8)
                return PackBytes(codes, groups, width, to);
            if (width <= 16)
                return PackShorts(codes, groups, width, to);
        }

        return PackAny(codes, groups, width, to);
    }

    /// <summary>Sets one bit a byte that is not 0. Writes whole bytes, the last padded with 0; reads up to 31 bytes
    /// past the end.</summary>
    public static void PackFlags(byte* flags, int count, byte* to)
    {
        var i = 0;
        for (; i < count; i += 32)
        {
            var bits = ~Vector256.Equals(Vector256.Load(flags + i), Vector256<byte>.Zero).ExtractMostSignificantBits();
            var left = count - i;
            if (left < 32)
                bits &= (1u << left) - 1;
            Unsafe.WriteUnaligned(to + (i >> 3), bits);
        }
    }

    private static byte* PackBytes(int* codes, int groups, int width, byte* to)
    {
        var mask = 0x0101010101010101UL * ((1UL << width) - 1);
        for (var g = 0; g < groups; g++, codes += 8, to += width)
        {
            var shorts = Vector128.Narrow(Vector128.Load((uint*)codes), Vector128.Load((uint*)codes + 4));
            var bytes = Vector128.Narrow(shorts, shorts);
            Unsafe.WriteUnaligned(to, Bmi2.X64.ParallelBitExtract(bytes.AsUInt64().ToScalar(), mask));
        }

        return to;
    }

    private static byte* PackShorts(int* codes, int groups, int width, byte* to)
    {
        // Four codes are 4 × width bits: half a byte may be left, so the second half is shifted onto the first.
        var mask = 0x0001000100010001UL * ((1UL << width) - 1);
        var half = 4 * width;
        for (var g = 0; g < groups; g++, codes += 8, to += width)
        {
            var shorts = Vector128.Narrow(Vector128.Load((uint*)codes), Vector128.Load((uint*)codes + 4)).AsUInt64();
            var low = Bmi2.X64.ParallelBitExtract(shorts.ToScalar(), mask);
            var high = Bmi2.X64.ParallelBitExtract(shorts.GetElement(1), mask);
            Unsafe.WriteUnaligned(to, half == 64 ? low : low | (high << half));
            Unsafe.WriteUnaligned(to + 8, half == 64 ? high : high >> (64 - half));
        }

        return to;
    }

    private static byte* PackAny(int* codes, int groups, int width, byte* to)
    {
        var wide = stackalloc ulong[8];
        for (var g = 0; g < groups; g++, codes += 8)
        {
            for (var i = 0; i < 8; i++)
                wide[i] = (uint)codes[i];
            to = Pack(wide, 8, width, to);
        }

        return to;
    }
}
