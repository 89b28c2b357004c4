namespace AdvertiseX.Parquet;

/// <summary>The lengths that a page of DELTA_LENGTH_BYTE_ARRAY begins with; the texts follow, none of them
/// empty.</summary>
internal static unsafe class TextLengths
{
    /// <summary>Fills <paramref name="lengths"/>; false when the page does not hold exactly so many texts of at least a
    /// byte.</summary>
    /// <param name="lengths">Room for <see cref="DeltaBinaryPacked.Slack"/> more.</param>
    /// <param name="texts">The first text's first byte.</param>
    public static bool TryRead(byte* page, int length, int count, long* lengths, out byte* texts)
    {
        texts = page;
        if (!DeltaBinaryPacked.TryDecode(page, length, count, lengths, out var consumed))
            return false;
        texts = page + consumed;
        long sum = 0,
            outside = 0;
        for (var i = 0; i < count; i++)
        {
            outside |= (lengths[i] - 1) & ~(long)int.MaxValue;
            sum += lengths[i];
        }

        return outside == 0 && sum == length - consumed;
    }

    /// <summary>Bytes of the first texts.</summary>
    public static long BytesOf(long* lengths, int count)
    {
        long sum = 0;
        for (var i = 0; i < count; i++)
            sum += lengths[i];
        return sum;
    }
}
