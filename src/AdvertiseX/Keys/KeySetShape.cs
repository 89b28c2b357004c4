using System.Numerics;

namespace AdvertiseX.Keys;

/// <summary>
/// How the sorted prefixes of one set are laid out (Elias and Fano's code; P. Elias, "Efficient Storage and Retrieval
/// by Content and Address of Static Files", JACM 21, 1974). The upper bits of a prefix name its bucket, about as many
/// buckets as entries; <c>highs</c> holds for each bucket a one for each entry and a zero; <c>lows</c> the remaining
/// bits of each entry; <c>ranks</c> how many entries lie before each block of 64 buckets, so that a look-up reads three
/// places. About 2.5 bits and the remaining bits an entry.
/// </summary>
/// <param name="Count">Entries.</param>
/// <param name="BucketBits">Bits of a prefix that name its bucket.</param>
/// <param name="RowBits">Bits of the row number that each entry carries; 0 for none.</param>
internal readonly record struct KeySetShape(long Count, int BucketBits, int RowBits)
{
    private const int BlockBits = 6;
    private const int Alignment = 64;
    private const int Slack = 8;

    public int LowBits => KeyPrefix.Bits - BucketBits;

    public long Buckets => 1L << BucketBits;

    public long Blocks => Buckets >> BlockBits;

    public long RanksBytes => (Blocks + 1) * sizeof(uint);

    public long HighsAt => Align(RanksBytes);

    public long HighsBytes => ((Buckets + Count + 7) / 8) + Slack;

    public long LowsAt => Align(HighsAt + HighsBytes);

    public long LowsBytes => BytesOf(LowBits);

    public long RowsAt => Align(LowsAt + LowsBytes);

    public long RowsBytes => RowBits == 0 ? 0 : BytesOf(RowBits);

    /// <summary>Bytes of the whole section.</summary>
    public long Bytes => Align(RowsAt + RowsBytes);

    /// <summary>The shape for so many entries, of rows below <paramref name="rows"/> (0: without rows).</summary>
    public static KeySetShape For(long count, long rows)
    {
        var bucketBits = Math.Clamp(BitOperations.Log2((ulong)Math.Max(count, 1)), BlockBits, 30);
        return new(
            count,
            bucketBits,
            rows <= 0 ? 0 : Math.Max(1, 64 - BitOperations.LeadingZeroCount((ulong)rows - 1))
        );
    }

    /// <summary>Whether a file may hold such a section; everything that is read from one lies within it then.</summary>
    public bool IsPossible =>
        Count is >= 0 and <= uint.MaxValue && BucketBits is >= BlockBits and <= 30 && RowBits is >= 0 and <= 32;

    private static long Align(long at) => (at + Alignment - 1) & -Alignment;

    private long BytesOf(int bits) => (((Count * bits) + 7) / 8) + Slack;
}
