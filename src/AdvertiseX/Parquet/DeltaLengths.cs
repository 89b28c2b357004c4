using System.Buffers.Binary;

namespace AdvertiseX.Parquet;

/// <summary>
/// Reads the lengths that a page of DELTA_LENGTH_BYTE_ARRAY begins with (DELTA_BINARY_PACKED, parquet-format
/// Encodings.md), of any writer. Bounds are checked: a damaged page is told as such.
/// </summary>
internal static class DeltaLengths
{
    private const int MaxBlockValues = 1 << 16;

    /// <summary>Fills <paramref name="lengths"/>; false when the page does not hold so many.</summary>
    /// <param name="page">The page's values.</param>
    /// <param name="lengths">One a value.</param>
    /// <param name="consumed">Bytes before the texts.</param>
    public static bool TryRead(ReadOnlySpan<byte> page, Span<long> lengths, out int consumed)
    {
        consumed = 0;
        if (
            !Varint(page, ref consumed, out var block)
            || !Varint(page, ref consumed, out var minis)
            || !Varint(page, ref consumed, out var count)
            || !Varint(page, ref consumed, out var first)
        )
            return false;
        if (
            count != (ulong)lengths.Length
            || minis is 0 or > 64
            || block is 0 or > MaxBlockValues
            || block % minis != 0
        )
            return false;
        var perMini = (int)(block / minis);
        if (perMini % 32 != 0)
            return false;
        lengths[0] = Zigzag(first);
        for (var at = 1; at < lengths.Length; )
        {
            if (!Varint(page, ref consumed, out var smallest) || page.Length - consumed < (int)minis)
                return false;
            var widths = page.Slice(consumed, (int)minis);
            consumed += (int)minis;
            foreach (var width in widths)
            {
                if (at >= lengths.Length)
                    break;
                var bytes = perMini / 8 * width;
                if (width > 64 || page.Length - consumed < bytes)
                    return false;
                var filled = Math.Min(perMini, lengths.Length - at);
                Unpack(page.Slice(consumed, bytes), width, Zigzag(smallest), lengths, at, filled);
                consumed += bytes;
                at += filled;
            }
        }

        return true;
    }

    private static void Unpack(
        ReadOnlySpan<byte> packed,
        int width,
        long smallest,
        Span<long> lengths,
        int at,
        int filled
    )
    {
        for (var i = 0; i < filled; i++)
        {
            var value = width == 0 ? 0 : Bits(packed, (long)i * width, width);
            lengths[at + i] = unchecked(lengths[at + i - 1] + smallest + (long)value);
        }
    }

    private static ulong Bits(ReadOnlySpan<byte> packed, long bit, int width)
    {
        int at = (int)(bit >> 3),
            shift = (int)(bit & 7);
        Span<byte> window = stackalloc byte[16];
        packed.Slice(at, Math.Min(9, packed.Length - at)).CopyTo(window);
        var low = BinaryPrimitives.ReadUInt64LittleEndian(window) >> shift;
        if (shift > 0)
            low |= (ulong)window[8] << (64 - shift);
        return width == 64 ? low : low & ((1UL << width) - 1);
    }

    private static bool Varint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return true;
        }

        return false;
    }

    private static long Zigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
