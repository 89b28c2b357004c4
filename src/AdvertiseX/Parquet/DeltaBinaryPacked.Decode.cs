namespace AdvertiseX.Parquet;

/// <content>Reads blocks of the size that is written here.</content>
internal static unsafe partial class DeltaBinaryPacked
{
    /// <summary>Values that <see cref="TryDecode"/> may write past those asked for.</summary>
    public const int Slack = MiniblockValues;

    /// <summary>Fills <paramref name="values"/>; those of an INT32 column are right in their low 32 bits. False when
    /// the bytes do not hold exactly so many in blocks of 128.</summary>
    /// <param name="bytes">What begins with the values; 16 bytes past <paramref name="length"/> must be
    /// readable.</param>
    /// <param name="count">At least 1.</param>
    /// <param name="values">Room for <see cref="Slack"/> more.</param>
    /// <param name="consumed">Bytes that the values take.</param>
    public static bool TryDecode(byte* bytes, int length, int count, long* values, out int consumed)
    {
        consumed = 0;
        var from = new ByteCursor(bytes, length);
        if (from.Varint() != BlockValues || from.Varint() != Miniblocks || from.Varint() != (ulong)count)
            return false;
        var value = values[0] = from.Zigzag();
        for (var at = 1; at < count; )
        {
            var smallest = from.Zigzag();
            var widths = from.At;
            if (!from.Skip(Miniblocks))
                return false;
            for (var m = 0; m < Miniblocks; m++)
            {
                int width = widths[m];
                if (at >= count)
                {
                    if (width != 0)
                        return false;
                    continue;
                }

                var packed = from.At;
                if (width > 64 || !from.Skip(MiniblockValues / 8 * width))
                    return false;
                value = BitUnpacking.AddDifferences(packed, width, smallest, value, values + at);
                at += MiniblockValues;
            }
        }

        consumed = length - from.Left;
        return !from.Failed;
    }
}
