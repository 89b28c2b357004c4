using AdvertiseX.Compression;

namespace AdvertiseX.Tests.Compression;

public class SnappyTests
{
    [Fact]
    public void What_is_compressed_decompresses()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var bytes = Sample(random, random.Next(1, 200_000) >> random.Next(12));
            var block = new SnappyEncoder().Encode(bytes).ToArray();
            Assert.True(Snappy.TryGetLength(block, out var length, out _));
            Assert.Equal(bytes.Length, length);
            var back = new byte[length];
            Assert.True(Snappy.TryDecompress(block, back));
            AssertSameAsPlain(block, length);
            Assert.Equal(bytes, back);
        }
    }

    [Fact]
    public void Repeats_compress()
    {
        Assert.True(new SnappyEncoder().Encode(new byte[100_000]).Length < 6_000);
    }

    [Theory]
    [InlineData("04 0c 41 42 43 44", "41424344")]
    [InlineData("06 04 61 62 11 02", null)]
    [InlineData("06 04 61 62 01 02", "616261626162")]
    [InlineData("06 04 61 62 0e 02 00", "616261626162")]
    [InlineData("06 04 61 62 0f 02 00 00 00", "616261626162")]
    [InlineData("06 04 61 62 01 03", null)]
    [InlineData("06 04 61 62 01 00", null)]
    [InlineData("06 04 61 62 01", null)]
    [InlineData("02 f0", null)]
    [InlineData("02 fc ff ff ff ff 61 62", null)]
    [InlineData("03 04 61 62", null)]
    [InlineData("ff ff ff ff 0f", null)]
    [InlineData("ff ff ff ff ff ff", null)]
    [InlineData("", null)]
    public void Blocks_by_hand(string hex, string? expected)
    {
        var block = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var found = Snappy.TryGetLength(block, out var length, out _);
        var output = new byte[found ? length : 0];
        found = found && Snappy.TryDecompress(block, output);
        Assert.Equal(expected, found ? Convert.ToHexStringLower(output) : null);
    }

    [Fact]
    public void Damaged_blocks_never_escape()
    {
        var random = new Random(8);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = Sample(random, 2000);
            var block = new SnappyEncoder().Encode(bytes).ToArray();
            block[random.Next(block.Length)] ^= (byte)random.Next(1, 256);
            block = block[..random.Next(1, block.Length + 1)];
            if (Snappy.TryGetLength(block, out var length, out _))
                AssertSameAsPlain(block, length);
            Assert.True(length <= block.Length * 64);
        }
    }

    [Fact]
    public void Any_elements_give_the_same_as_one_by_one()
    {
        var random = new Random(9);
        var good = 0;
        for (var round = 0; round < 3000; round++)
        {
            var elements = new List<byte>();
            var length = Elements(random, elements);
            List<byte> block = [];
            for (var rest = length; ; rest >>= 7)
            {
                block.Add((byte)(rest >= 0x80 ? rest | 0x80 : rest));
                if (rest < 0x80)
                    break;
            }

            block.AddRange(elements);
            if (Snappy.TryGetLength([.. block], out var claimed, out _) && claimed == length && AssertSameAsPlain([.. block], length))
                good++;
        }

        Assert.InRange(good, 1000, 2999);
    }

    /// <summary>Literals of any form, copies of any offset; now and then one from before the start.</summary>
    private static int Elements(Random random, List<byte> to)
    {
        var length = 0;
        for (var count = random.Next(1, 60); count > 0; count--)
        {
            var offset = random.Next(100) == 0 ? length + random.Next(2) : random.Next(1, Math.Max(2, Math.Min(length, random.Next(2) == 0 ? 20 : 65_535)));
            var size = random.Next(1, 65);
            switch (length == 0 ? 0 : random.Next(4))
            {
                case 0:
                    size = random.Next(1, random.Next(4) == 0 ? 400 : 40);
                    var extra = size > 256 ? 2 : size > 60 ? 1 : random.Next(20) == 0 ? random.Next(1, 5) : 0;
                    to.Add((byte)((extra == 0 ? size - 1 : 59 + extra) << 2));
                    for (var i = 0; i < extra; i++)
                        to.Add((byte)((size - 1) >> (8 * i)));
                    to.AddRange(Enumerable.Range(0, size).Select(i => (byte)random.Next(256)));
                    break;
                case 1:
                    offset = Math.Min(offset, 2047);
                    size = random.Next(4, 12);
                    to.AddRange([(byte)(1 | ((size - 4) << 2) | (offset >> 8 << 5)), (byte)offset]);
                    break;
                case 2:
                    to.AddRange([(byte)(2 | ((size - 1) << 2)), (byte)offset, (byte)(offset >> 8)]);
                    break;
                default:
                    to.AddRange([(byte)(3 | ((size - 1) << 2)), (byte)offset, (byte)(offset >> 8), 0, 0]);
                    break;
            }

            length += size;
        }

        return length;
    }

    private static bool AssertSameAsPlain(byte[] block, int length)
    {
        var (fast, plain) = (new byte[length], new byte[length]);
        var good = Snappy.TryDecompress(block, plain, fast: false);
        Assert.Equal(good, Snappy.TryDecompress(block, fast));
        if (good)
            Assert.Equal(plain, fast);
        return good;
    }

    internal static byte[] Sample(Random random, int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length;)
        {
            var run = Math.Min(random.Next(1, 300), length - at);
            if (at > 0 && random.Next(2) == 0)
            {
                var from = random.Next(at);
                for (var i = 0; i < run; i++)
                    bytes[at + i] = bytes[from + i];
            }
            else
            {
                random.NextBytes(bytes.AsSpan(at, run));
            }

            at += run;
        }

        return bytes;
    }
}
