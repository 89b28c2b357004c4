using System.Numerics;
using System.Runtime.InteropServices;

namespace AdvertiseX.Parquet;

/// <content>Reads levels back.</content>
internal static unsafe partial class DefinitionLevels
{
    /// <summary>Bytes that <see cref="TryDecode"/> may write past those asked for.</summary>
    public const int Slack = 8;

    /// <summary>Sets a byte a row to 1 or 0; false when the bytes are not exactly so many levels of 0 and 1.</summary>
    /// <param name="valid">Room for <see cref="Slack"/> more.</param>
    /// <param name="values">Rows that have a value.</param>
    public static bool TryDecode(byte* bytes, int length, int rows, byte* valid, out int values)
    {
        values = 0;
        var from = new ByteCursor(bytes, length);
        for (var at = 0; at < rows; )
        {
            var header = from.Varint();
            var run = header >> 1;
            if (from.Failed || run == 0)
                return false;
            var left = rows - at;
            var start = from.At;
            if ((header & 1) == 0)
            {
                if (run > (ulong)left || !from.Skip(1) || *start > 1)
                    return false;
                new Span<byte>(valid + at, (int)run).Fill(*start);
                values += *start * (int)run;
                at += (int)run;
                continue;
            }

            if (run > (ulong)(left + 7) / 8 || !from.Skip((long)run))
                return false;
            BitUnpacking.UnpackFlags(start, (int)run, valid + at);
            values += OnesOf(start, Math.Min((int)run * 8, left));
            at += (int)run * 8;
        }

        return from.Left == 0;
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
}
