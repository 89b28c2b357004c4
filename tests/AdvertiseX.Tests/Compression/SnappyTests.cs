using System.Buffers.Binary;
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
            var block = Compress(bytes);
            Assert.Equal(bytes, PlainSnappy.Decompress(block.AsSpan()[..^4])!);
            Assert.Equal(PlainSnappy.Checksum(bytes), BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan()[^4..]));
            Assert.Equal(bytes, Decompress(block));
        }
    }

    [Fact]
    public void Nothing_is_a_block_of_its_own()
    {
        Assert.Equal([0, 0, 0, 0, 0], Compress([]));
        Assert.Equal(Array.Empty<byte>(), Decompress([0, 0, 0, 0, 0])!);
    }

    [Fact]
    public void Repeats_compress()
    {
        Assert.True(Compress(new byte[100_000]).Length < 6_000);
    }

    /// <summary>Of what is damaged, the checksum is that of the bytes that come out before the fault, filled with
    /// zeros: the elements, not the checksum, must give it away.</summary>
    [Theory]
    [InlineData("04 0c 41 42 43 44", "41424344", true)]
    [InlineData("06 04 61 62 11 02", "616200000000", false)]
    [InlineData("06 04 61 62 01 02", "616261626162", true)]
    [InlineData("06 04 61 62 0e 02 00", "616261626162", true)]
    [InlineData("06 04 61 62 0f 02 00 00 00", "616261626162", true)]
    [InlineData("06 04 61 62 01 03", "616200000000", false)]
    [InlineData("06 04 61 62 01 00", "616200000000", false)]
    [InlineData("06 04 61 62 01", "616200000000", false)]
    [InlineData("02 f0", "0000", false)]
    [InlineData("03 04 61 62", "616200", false)]
    [InlineData("01 04 61 62", "61", false)]
    [InlineData("05 04 61 62 01 02", "6162616261", false)]
    [InlineData("ff ff ff ff 0f", "", false)]
    [InlineData("ff ff ff ff ff ff", "", false)]
    [InlineData("ff ff 03", "", false)]
    [InlineData("80", "", false)]
    [InlineData("", "", false)]
    public void Blocks_by_hand(string hex, string plain, bool good)
    {
        var raw = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var bytes = Convert.FromHexString(plain);
        Assert.Equal(good, PlainSnappy.Decompress(raw) is not null);
        Assert.Equal(good ? bytes : null, Decompress(PlainSnappy.WithChecksum(raw, bytes)));
    }

    /// <summary>The library stops once all claimed bytes are there: an element that then begins and does not end is not
    /// seen. Nothing is lost by it, as the checksum holds.</summary>
    [Fact]
    public void The_beginning_of_an_element_after_the_content_is_passed_over()
    {
        Assert.Equal("ab"u8.ToArray(), Decompress(PlainSnappy.WithChecksum([2, 4, (byte)'a', (byte)'b', 1], "ab"u8)));
    }

    [Fact]
    public void A_block_that_ends_anywhere_else_is_damaged()
    {
        var random = new Random(11);
        for (var round = 0; round < 20; round++)
        {
            var bytes = Sample(random, 300);
            var raw = Compress(bytes).AsSpan()[..^4].ToArray();
            for (var length = 0; length < raw.Length; length++)
                Assert.Null(Decompress(PlainSnappy.WithChecksum(raw.AsSpan(0, length), bytes)));
        }
    }

    [Fact]
    public void Damaged_blocks_never_escape()
    {
        var random = new Random(8);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Sample(random, random.Next(1, 2000));
            var block = Compress(bytes);
            block[random.Next(block.Length)] ^= (byte)random.Next(1, 256);
            // An offset may have become that of the same bytes elsewhere.
            if (Decompress(block.AsSpan(0, random.Next(1, block.Length + 1))) is { } found)
                Assert.Equal(bytes, found);
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
            List<byte> raw = [];
            for (var rest = length; ; rest >>= 7)
            {
                raw.Add((byte)(rest >= 0x80 ? rest | 0x80 : rest));
                if (rest < 0x80)
                    break;
            }

            raw.AddRange(elements);
            var plain = PlainSnappy.Decompress([.. raw]);
            if (plain is not null)
                good++;
            Assert.Equal(plain, Decompress(PlainSnappy.WithChecksum([.. raw], plain ?? new byte[length])));
        }

        Assert.InRange(good, 1000, 2999);
    }

    /// <summary>Literals of any form, copies of any offset; now and then one from before the start.</summary>
    private static int Elements(Random random, List<byte> to)
    {
        var length = 0;
        for (var count = random.Next(1, 60); count > 0; count--)
        {
            var offset =
                random.Next(100) == 0
                    ? length + random.Next(2)
                    : random.Next(1, Math.Max(2, Math.Min(length, random.Next(2) == 0 ? 20 : 65_535)));
            var size = random.Next(1, 65);
            switch (length == 0 ? 0 : random.Next(4))
            {
                case 0:
                    size = random.Next(1, random.Next(4) == 0 ? 400 : 40);
                    var extra =
                        size > 256 ? 2
                        : size > 60 ? 1
                        : random.Next(20) == 0 ? random.Next(1, 5)
                        : 0;
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

    internal static byte[] Compress(ReadOnlySpan<byte> plain)
    {
        var block = new byte[Snappy.MaxBlockLength(plain.Length)];
        return block[..Snappy.Compress(plain, block)];
    }

    /// <summary>Null for a damaged block. What lies behind the output's end is held to stay as it is.</summary>
    private static unsafe byte[]? Decompress(ReadOnlySpan<byte> block)
    {
        if (!Snappy.TryGetLength(block, out var length))
            return null;
        var output = new byte[length + 64];
        output.AsSpan(length).Fill(0xA5);
        bool good;
        fixed (byte* to = output)
            good = Snappy.TryDecompress(block, to, length);
        Assert.Equal(64, output.AsSpan(length).Count((byte)0xA5));
        return good ? output[..length] : null;
    }

    internal static byte[] Sample(Random random, int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length; )
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
