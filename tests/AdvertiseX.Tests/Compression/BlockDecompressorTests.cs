using System.IO.Compression;
using AdvertiseX.Compression;

namespace AdvertiseX.Tests.Compression;

public class BlockDecompressorTests
{
    public static TheoryData<BlockCodec> Written =>
        [BlockCodec.Null, BlockCodec.Deflate, BlockCodec.Snappy, BlockCodec.Zstandard, BlockCodec.Bzip2];

    [Theory]
    [MemberData(nameof(Written))]
    public void One_after_another_through_one_buffer(BlockCodec codec)
    {
        var random = new Random(1);
        using var decompressor = new BlockDecompressor();
        foreach (var length in new[] { 10, 200_000, 0, 65_536, 3, 1_000_000 })
        {
            var bytes = SnappyTests.Sample(random, length);
            Assert.Equal(DecompressionResult.Ok, decompressor.Decompress(codec, Compress(codec, bytes), 1_000_000));
            Assert.Equal(bytes, decompressor.OutputSpan.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Output_over_the_limit_is_too_large(BlockCodec codec)
    {
        using var decompressor = new BlockDecompressor();
        var bomb = Compress(codec, new byte[3_000_000]);
        Assert.Equal(DecompressionResult.TooLarge, decompressor.Decompress(codec, bomb, 2_999_999));
        Assert.Equal(0, decompressor.OutputLength);
        Assert.Equal(DecompressionResult.Ok, decompressor.Decompress(codec, bomb, 3_000_000));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public unsafe void Damage_is_a_value_and_padding_stays_readable(BlockCodec codec)
    {
        var random = new Random(2);
        using var decompressor = new BlockDecompressor();
        for (var round = 0; round < 150; round++)
        {
            var block = Compress(codec, SnappyTests.Sample(random, random.Next(3000)));
            for (var flips = random.Next(3); flips >= 0 && block.Length > 0; flips--)
                block[random.Next(block.Length)] ^= (byte)(1 << random.Next(8));
            decompressor.Decompress(codec, block.AsSpan(0, random.Next(block.Length + 1)), 100_000);
            Assert.InRange(decompressor.OutputLength, 0, 100_000);
            Assert.Equal(new byte[BlockDecompressor.Padding], new ReadOnlySpan<byte>(decompressor.Output + decompressor.OutputLength, BlockDecompressor.Padding).ToArray());
        }
    }

    [Theory]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Snappy)]
    [InlineData(BlockCodec.Zstandard)]
    [InlineData(BlockCodec.Bzip2)]
    public void Truncated_block_is_damaged(BlockCodec codec)
    {
        using var decompressor = new BlockDecompressor();
        var block = Compress(codec, SnappyTests.Sample(new Random(9), 5000));
        foreach (var cut in new[] { 1, 10, 100, block.Length - 1 })
            Assert.Equal(DecompressionResult.Damaged, decompressor.Decompress(codec, block.AsSpan(0, block.Length - cut), 10_000));
    }

    [Fact]
    public void Snappy_checksum_is_held()
    {
        using var decompressor = new BlockDecompressor();
        var block = Compress(BlockCodec.Snappy, [1, 2, 3]);
        block[^1] ^= 1;
        Assert.Equal(DecompressionResult.Damaged, decompressor.Decompress(BlockCodec.Snappy, block, 100));
    }

    [Fact]
    public void Crc_is_that_of_the_tables_for_any_length()
    {
        var bytes = new byte[1000];
        new Random(5).NextBytes(bytes);
        for (var length = 0; length < 700; length++)
            Assert.Equal(Crc32.OfPlain(bytes.AsSpan(length % 17, length)), Crc32.Of(bytes.AsSpan(length % 17, length)));
    }

    [Fact]
    public void Crc_is_that_of_the_standards_check_value() => Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));

    [Fact]
    public void Zstd_says_when_its_output_does_not_fit() => Assert.Equal(-1, Zstd.Compress(new byte[100], new byte[2], 1));

    private static byte[] Compress(BlockCodec codec, byte[] bytes)
    {
        switch (codec)
        {
            case BlockCodec.Null:
                return (byte[])bytes.Clone();
            case BlockCodec.Snappy:
                return new SnappyEncoder().EncodeWithChecksum(bytes).ToArray();
            case BlockCodec.Deflate:
                using (var deflated = new MemoryStream())
                {
                    using (var stream = new DeflateStream(deflated, CompressionLevel.Fastest))
                    {
                        stream.Write(bytes);
                        stream.Flush();
                    }

                    return deflated.ToArray();
                }

            default:
                return DecompressionTests.Compress(codec == BlockCodec.Bzip2 ? CompressionFormat.Bzip2 : CompressionFormat.Zstd, bytes);
        }
    }
}
