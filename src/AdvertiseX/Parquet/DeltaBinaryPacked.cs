using System.Numerics;
using System.Runtime.Intrinsics;

namespace AdvertiseX.Parquet;

/// <summary>
/// DELTA_BINARY_PACKED (parquet-format Encodings.md): blocks of 128 differences in four miniblocks, each packed with
/// the bits that its largest difference above the block's smallest needs.
/// </summary>
internal static unsafe partial class DeltaBinaryPacked
{
    private const int BlockValues = 128;
    private const int Miniblocks = 4;
    private const int MiniblockValues = BlockValues / Miniblocks;

    /// <summary>Appends <paramref name="count"/> values (at least 1).</summary>
    /// <param name="narrow">The column is INT32: differences wrap at 32 bits, so that none needs more.</param>
    public static void Encode(long* values, int count, bool narrow, EncodeBuffer output)
    {
        output.AppendVarint(BlockValues);
        output.AppendVarint(Miniblocks);
        output.AppendVarint((ulong)count);
        output.AppendZigzag(values[0]);
        var deltas = stackalloc long[BlockValues];
        for (var start = 1; start < count; start += BlockValues)
        {
            var filled = Math.Min(BlockValues, count - start);
            var smallest = Differences(values + start, filled, narrow, deltas);
            var to = output.Reserve(10 + Miniblocks + (BlockValues * sizeof(long)) + sizeof(long));
            var end = EncodeBlock(deltas, filled, smallest, to);
            output.Advance(end - to);
        }
    }

    private static long Differences(long* values, int filled, bool narrow, long* deltas)
    {
        if (filled == BlockValues && !narrow)
            return FullDifferences(values, deltas);
        var smallest = long.MaxValue;
        for (var i = 0; i < filled; i++)
        {
            var delta = unchecked(values[i] - values[i - 1]);
            if (narrow)
                delta = (int)delta;
            deltas[i] = delta;
            if (delta < smallest)
                smallest = delta;
        }

        // What pads the last miniblock costs no bits: it is the smallest difference itself.
        for (var i = filled; i < BlockValues; i++)
            deltas[i] = smallest;
        return smallest;
    }

    private static long FullDifferences(long* values, long* deltas)
    {
        var smallest = Vector256.Create(long.MaxValue);
        for (var i = 0; i < BlockValues; i += 4)
        {
            var delta = Vector256.Load(values + i) - Vector256.Load(values + i - 1);
            smallest = Vector256.Min(smallest, delta);
            delta.Store(deltas + i);
        }

        return Math.Min(Math.Min(smallest[0], smallest[1]), Math.Min(smallest[2], smallest[3]));
    }

    private static byte* EncodeBlock(long* deltas, int filled, long smallest, byte* to)
    {
        to = EncodeBuffer.PutVarint(to, EncodeBuffer.Zigzag(smallest));
        var widths = to;
        to += Miniblocks;
        for (var m = 0; m < Miniblocks; m++)
        {
            var mini = deltas + (m * MiniblockValues);
            var width = m * MiniblockValues < filled ? Rebase(mini, smallest) : 0;
            widths[m] = (byte)width;
            if (width > 0)
                to = BitPacking.Pack((ulong*)mini, MiniblockValues, width, to);
        }

        return to;
    }

    /// <summary>Makes differences relative to the smallest and returns the bits that the largest needs.</summary>
    private static int Rebase(long* mini, long smallest)
    {
        var floor = Vector256.Create(smallest);
        var any = Vector256<long>.Zero;
        for (var i = 0; i < MiniblockValues; i += 4)
        {
            var above = Vector256.Load(mini + i) - floor;
            any |= above;
            above.Store(mini + i);
        }

        return 64 - BitOperations.LeadingZeroCount((ulong)(any[0] | any[1] | any[2] | any[3]));
    }
}
