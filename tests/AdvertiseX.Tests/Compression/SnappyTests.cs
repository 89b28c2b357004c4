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
                Snappy.TryDecompress(block, new byte[length]);
            Assert.True(length <= block.Length * 64);
        }
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
