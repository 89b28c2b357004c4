using AdvertiseX.Columns;
using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Parquet;

/// <summary>Codes of any writer, beside a writer that takes a bit at a time.</summary>
public sealed class RleHybridTests
{
    public static IEnumerable<TheoryDataRow<int>> Random => Seeds.From(1, 200, 20);

    [Theory]
    [MemberData(nameof(Random))]
    public void Codes_come_back_and_damage_is_told(int seed)
    {
        var random = new Random(seed);
        var width = random.Next(33);
        var codes = new List<int>();
        var bytes = new List<byte>();
        var runs = random.Next(1, 8);
        for (var run = 0; run < runs; run++)
        {
            if (random.Next(2) == 0)
                AddRun(random, width, codes, bytes);
            else
                AddGroups(random, width, codes, bytes);
        }
        // The last of them are padding, in the last group or beyond it.
        var wanted = codes.Count - random.Next(Math.Min(codes.Count, 20));
        byte[] behind = [.. bytes, .. Enumerable.Repeat((byte)random.Next(256), random.Next(3))];

        Assert.Equal(codes, Read(bytes.ToArray(), width, codes.Count));
        Assert.Equal(codes.Take(wanted), Read(behind, width, wanted));
        Assert.Equal(width > 0, IsExactly(bytes.ToArray(), width, codes));
        Assert.False(IsExactly([.. bytes, 0], width, codes));
        Assert.Throws<ParquetLayoutException>(() => Read(bytes.ToArray(), width, codes.Count + 1));
        for (var length = 0; length < bytes.Count; length++)
        {
            var cut = bytes.Take(length).ToArray();
            Assert.False(IsExactly(cut, width, codes));
            // Of what is whole the codes are those, whatever was cut after them.
            if (TryRead(cut, width, codes.Count) is { } read)
                Assert.Equal(codes, read);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(33)]
    public void A_width_out_of_range_is_told(int width)
    {
        Assert.Throws<ParquetLayoutException>(() => Read([2, 0, 0, 0, 0, 0], width, 1));
        Assert.False(IsExactly([2, 0, 0, 0, 0, 0], width, [0]));
    }

    [Fact]
    public void A_group_may_be_cut_after_the_last_code()
    {
        // One group of 8 codes of 3 bits, of which 2 are wanted: 6 bits, one byte.
        Assert.Equal([5, 2], Read([3, 0b_00_010_101], 3, 2));
        Assert.Throws<ParquetLayoutException>(() => Read([3, 0b_00_010_101], 3, 3));
        Assert.False(IsExactly([3, 0b_00_010_101], 3, [5, 2]));
    }

    private static void AddRun(Random random, int width, List<int> codes, List<byte> bytes)
    {
        var (count, code) = (random.Next(1, 300), Code(random, width));
        AddVarint(bytes, (ulong)count << 1);
        for (var i = 0; i < (width + 7) / 8; i++)
            bytes.Add((byte)(code >> (8 * i)));
        codes.AddRange(Enumerable.Repeat(code, count));
    }

    private static void AddGroups(Random random, int width, List<int> codes, List<byte> bytes)
    {
        var groups = random.Next(1, 20);
        AddVarint(bytes, ((ulong)groups << 1) | 1);
        var packed = new byte[groups * width];
        for (var i = 0; i < groups * 8; i++)
        {
            var code = Code(random, width);
            codes.Add(code);
            for (var bit = 0; bit < width; bit++)
                packed[((i * width) + bit) / 8] |= (byte)(((code >> bit) & 1) << (((i * width) + bit) % 8));
        }
        bytes.AddRange(packed);
    }

    private static int Code(Random random, int width) => (int)(random.NextInt64(1L << width) & uint.MaxValue);

    private static void AddVarint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }

    private static int[] Read(byte[] bytes, int width, int count)
    {
        var codes = new int[count];
        RleHybrid.Read(bytes, width, codes);
        return codes;
    }

    private static int[]? TryRead(byte[] bytes, int width, int count)
    {
        try
        {
            return Read(bytes, width, count);
        }
        catch (ParquetLayoutException)
        {
            return null;
        }
    }

    private static unsafe bool IsExactly(byte[] bytes, int width, List<int> codes)
    {
        using var from = NativePool.Rent(bytes.Length);
        using var to = NativePool.Rent((codes.Count + RleHybrid.Slack) * sizeof(int));
        bytes.CopyTo(from.Span);
        var decoded = (int*)to.Pointer;
        if (!RleHybrid.TryDecode(from.Pointer, bytes.Length, width, codes.Count, decoded))
            return false;
        Assert.Equal(codes, new ReadOnlySpan<int>(decoded, codes.Count).ToArray());
        return true;
    }
}
