using System.Numerics;
using System.Runtime.InteropServices;

namespace AdvertiseX.Parquet;

/// <content>Reads levels back.</content>
internal static unsafe partial class DefinitionLevels
{
    /// <summary>Sets a byte a row to 1 or 0; false when the bytes are not exactly so many levels of 0 and 1.</summary>
    /// <param name="valid">Room for <see cref="RleHybrid.Slack"/> more.</param>
    /// <param name="values">Rows that have a value.</param>
    public static bool TryDecode(byte* bytes, int length, int rows, byte* valid, out int values)
    {
        var from = new ByteCursor(bytes, length);
        var flags = new Flags(valid);
        var isWhole = RleHybrid.TryReadRuns(ref from, width: 1, rows, ref flags) && from.Left == 0;
        values = flags.Ones;
        return isWhole;
    }

    private static int OnesOf(byte* bits, int count)
    {
        var ones = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(new ReadOnlySpan<byte>(bits, count / 8)))
            ones += BitOperations.PopCount(word);
        for (var i = count / 64 * 64; i < count; i++)
            ones += (bits[i >> 3] >> (i & 7)) & 1;
        return ones;
    }

    private struct Flags(byte* valid) : IHybridTarget
    {
        public static bool TakesLonger => false;

        public int Ones { get; private set; }

        public bool Repeat(byte* value, int at, int count)
        {
            if (*value > 1)
                return false;
            new Span<byte>(valid + at, count).Fill(*value);
            Ones += *value * count;
            return true;
        }

        public void Unpack(byte* packed, int at, int groups, int left)
        {
            BitUnpacking.UnpackFlags(packed, groups, valid + at);
            Ones += OnesOf(packed, Math.Min(groups * 8, left));
        }
    }
}
