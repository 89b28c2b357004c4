using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AdvertiseX.Parquet;

/// <summary>The reverse of <see cref="BitPacking"/>. Up to 16 bytes past what is packed are read, and must be
/// readable.</summary>
internal static unsafe class BitUnpacking
{
    /// <summary>Values that <see cref="AddDifferences"/> unpacks.</summary>
    public const int MiniblockValues = 32;

    private const ulong LowBits = 0x0101010101010101;

    /// <summary>Unpacks groups of 8 codes of <paramref name="width"/> bits (1 to 32).</summary>
    public static void UnpackCodes(byte* from, int groups, int width, int* to)
    {
        if (Bmi2.X64.IsSupported && Avx2.IsSupported && width <= 16)
        {
            if (width <= 8)
                UnpackBytes(from, groups, width, to);
            else
                UnpackShorts(from, groups, width, to);
            return;
        }

        var mask = (1UL << width) - 1;
        for (var g = 0; g < groups; g++, from += width, to += 8)
        {
            for (var i = 0; i < 8; i++)
            {
                var bit = i * width;
                to[i] = (int)((Unsafe.ReadUnaligned<ulong>(from + (bit >> 3)) >> (bit & 7)) & mask);
            }
        }
    }

    /// <summary>Sets 8 bytes for each byte, to 1 or 0 as its bits are.</summary>
    public static void UnpackFlags(byte* from, int bytes, byte* to)
    {
        for (var i = 0; i < bytes; i++, to += 8)
            Unsafe.WriteUnaligned(to, Spread(from[i]));
    }

    /// <summary>
    /// Unpacks 32 differences of <paramref name="width"/> bits (0 to 64), each above <paramref name="smallest"/>, adds
    /// them one after another to <paramref name="value"/>, stores the sums and returns the last.
    /// </summary>
    public static long AddDifferences(byte* from, int width, long smallest, long value, long* to)
    {
        if (width == 0)
        {
            for (var i = 0; i < MiniblockValues; i++)
                to[i] = value += smallest;
            return value;
        }

        if (width > 57)
            return AddWideDifferences(from, width, smallest, value, to);
        var mask = (1UL << width) - 1;
        for (int i = 0, bit = 0; i < MiniblockValues; i++, bit += width)
        {
            var above = (Unsafe.ReadUnaligned<ulong>(from + (bit >> 3)) >> (bit & 7)) & mask;
            to[i] = value += smallest + (long)above;
        }

        return value;
    }

    private static long AddWideDifferences(byte* from, int width, long smallest, long value, long* to)
    {
        var mask = ulong.MaxValue >> (64 - width);
        for (int i = 0, bit = 0; i < MiniblockValues; i++, bit += width)
        {
            var at = from + (bit >> 3);
            var shift = bit & 7;
            // Shifted in two steps, as a shift by 64 would be one by 0.
            var above = Unsafe.ReadUnaligned<ulong>(at) >> shift | ((ulong)at[8] << 1 << (63 - shift));
            to[i] = value += smallest + (long)(above & mask);
        }

        return value;
    }

    private static void UnpackBytes(byte* from, int groups, int width, int* to)
    {
        var mask = LowBits * ((1UL << width) - 1);
        for (var g = 0; g < groups; g++, from += width, to += 8)
        {
            var bytes = Bmi2.X64.ParallelBitDeposit(Unsafe.ReadUnaligned<ulong>(from), mask);
            Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(bytes).AsByte()).Store(to);
        }
    }

    private static void UnpackShorts(byte* from, int groups, int width, int* to)
    {
        // The second four codes begin in the middle of a byte where the width is odd.
        var mask = 0x0001000100010001UL * ((1UL << width) - 1);
        int half = width / 2,
            shift = width % 2 * 4;
        for (var g = 0; g < groups; g++, from += width, to += 8)
        {
            var low = Bmi2.X64.ParallelBitDeposit(Unsafe.ReadUnaligned<ulong>(from), mask);
            var high = Bmi2.X64.ParallelBitDeposit(Unsafe.ReadUnaligned<ulong>(from + half) >> shift, mask);
            Avx2.ConvertToVector256Int32(Vector128.Create(low, high).AsUInt16()).Store(to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spread(byte bits)
    {
        if (Bmi2.X64.IsSupported)
            return Bmi2.X64.ParallelBitDeposit(bits, LowBits);
        ulong spread = 0;
        for (var i = 0; i < 8; i++)
            spread |= (ulong)((bits >> i) & 1) << (8 * i);
        return spread;
    }
}
