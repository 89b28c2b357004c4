using System.Runtime.CompilerServices;

namespace AdvertiseX.Parquet;

/// <content>Reads what any writer packed.</content>
internal static unsafe partial class RleHybrid
{
    /// <summary>Codes that <see cref="TryDecode"/> may write past those asked for.</summary>
    public const int Slack = 8;

    private const int WidestCode = 32;

    /// <summary>Fills <paramref name="codes"/> with <paramref name="count"/> codes; false when the bytes are not
    /// exactly so many.</summary>
    /// <param name="bytes">Runs; 16 bytes past them must be readable.</param>
    /// <param name="width">Bits of a code.</param>
    /// <param name="codes">Room for <see cref="Slack"/> more.</param>
    public static bool TryDecode(byte* bytes, int length, int width, int count, int* codes)
    {
        if (width is < 1 or > WidestCode)
            return false;
        var from = new ByteCursor(bytes, length);
        for (var at = 0; at < count; )
        {
            var header = from.Varint();
            var run = header >> 1;
            if (from.Failed || run == 0)
                return false;
            var left = count - at;
            if ((header & 1) == 0)
            {
                var value = from.At;
                if (run > (ulong)left || !from.Skip((width + 7) / 8))
                    return false;
                new Span<int>(codes + at, (int)run).Fill(CodeAt(value, width));
                at += (int)run;
                continue;
            }

            var groups = (left + 7) / 8;
            var packed = from.At;
            if (run > (ulong)groups || !from.Skip((long)run * width))
                return false;
            BitUnpacking.UnpackCodes(packed, (int)run, width, codes + at);
            at += (int)run * 8;
        }

        return from.Left == 0;
    }

    private static int CodeAt(byte* value, int width) =>
        (int)(Unsafe.ReadUnaligned<ulong>(value) & ((1UL << width) - 1));
}
