using System.IO.Compression;
using AdvertiseX.Compression;

namespace AdvertiseX.Tests.Compression;

public class BlockDecompressorTests
{
    public static TheoryData<string> Written => [.. Enum.GetNames<BlockCodec>().Except([nameof(BlockCodec.Xz)])];

    [Theory]
    [MemberData(nameof(Written))]
    public void One_after_another_through_one_buffer(string name)
    {
        var codec = Enum.Parse<BlockCodec>(name);
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
    public void Output_over_the_limit_is_too_large(string name)
    {
        var codec = Enum.Parse<BlockCodec>(name);
        using var decompressor = new BlockDecompressor();
        var bomb = Compress(codec, new byte[3_000_000]);
        Assert.Equal(DecompressionResult.TooLarge, decompressor.Decompress(codec, bomb, 2_999_999));
        Assert.Equal(0, decompressor.OutputLength);
        Assert.Equal(DecompressionResult.Ok, decompressor.Decompress(codec, bomb, 3_000_000));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public unsafe void Damage_is_a_value_and_padding_stays_readable(string name)
    {
        var codec = Enum.Parse<BlockCodec>(name);
        var random = new Random(2);
        using var decompressor = new BlockDecompressor();
        for (var round = 0; round < 150; round++)
        {
            var block = Compress(codec, SnappyTests.Sample(random, random.Next(3000)));
            for (var flips = random.Next(3); flips >= 0 && block.Length > 0; flips--)
                block[random.Next(block.Length)] ^= (byte)(1 << random.Next(8));
            decompressor.Decompress(codec, block.AsSpan(0, random.Next(block.Length + 1)), 100_000);
            Assert.InRange(decompressor.OutputLength, 0, 100_000);
            Assert.Equal(
                new byte[BlockDecompressor.Padding],
                new ReadOnlySpan<byte>(
                    decompressor.Output + decompressor.OutputLength,
                    BlockDecompressor.Padding
                ).ToArray()
            );
        }
    }

    [Theory]
    [InlineData(nameof(BlockCodec.Deflate))]
    [InlineData(nameof(BlockCodec.Snappy))]
    [InlineData(nameof(BlockCodec.Zstandard))]
    [InlineData(nameof(BlockCodec.Bzip2))]
    public void Truncated_block_is_damaged(string name)
    {
        var codec = Enum.Parse<BlockCodec>(name);
        using var decompressor = new BlockDecompressor();
        var block = Compress(codec, SnappyTests.Sample(new Random(9), 5000));
        foreach (var cut in new[] { 1, 10, 100, block.Length - 1 })
            Assert.Equal(
                DecompressionResult.Damaged,
                decompressor.Decompress(codec, block.AsSpan(0, block.Length - cut), 10_000)
            );
    }

    [Fact]
    public void Snappy_checksum_is_held()
    {
        using var decompressor = new BlockDecompressor();
        var block = Compress(BlockCodec.Snappy, [1, 2, 3]);
        block[^1] ^= 1;
        Assert.Equal(DecompressionResult.Damaged, decompressor.Decompress(BlockCodec.Snappy, block, 100));
    }

    [Theory]
    [InlineData(nameof(BlockCodec.Deflate))]
    [InlineData(nameof(BlockCodec.Snappy))]
    [InlineData(nameof(BlockCodec.Zstandard))]
    [InlineData(nameof(BlockCodec.Bzip2))]
    public void A_small_block_that_ends_anywhere_is_damaged(string name)
    {
        var codec = Enum.Parse<BlockCodec>(name);
        using var decompressor = new BlockDecompressor();
        var block = Compress(codec, SnappyTests.Sample(new Random(10), 200));
        for (var length = 1; length < block.Length; length++)
            Assert.Equal(DecompressionResult.Damaged, decompressor.Decompress(codec, block.AsSpan(0, length), 10_000));
        Assert.Equal(DecompressionResult.Ok, decompressor.Decompress(codec, block, 10_000));
    }

    [Fact]
    public void Zstd_frames_that_follow_one_another_are_one_block()
    {
        using var decompressor = new BlockDecompressor();
        byte[] first = SnappyTests.Sample(new Random(12), 70_000),
            second = SnappyTests.Sample(new Random(13), 100);
        byte[] frames =
        [
            .. Compress(BlockCodec.Zstandard, first),
            .. ZstdFrames.Skippable(20),
            .. Compress(BlockCodec.Zstandard, second),
        ];
        Assert.Equal(DecompressionResult.Ok, decompressor.Decompress(BlockCodec.Zstandard, frames, 100_000));
        Assert.Equal([.. first, .. second], decompressor.OutputSpan.ToArray());
        Assert.Equal(
            DecompressionResult.Damaged,
            decompressor.Decompress(BlockCodec.Zstandard, [.. frames, 1], 100_000)
        );
        Assert.Equal(
            DecompressionResult.Damaged,
            decompressor.Decompress(BlockCodec.Zstandard, [.. frames, 1, 2, 3, 4, 5], 100_000)
        );
        Assert.Equal(DecompressionResult.TooLarge, decompressor.Decompress(BlockCodec.Zstandard, frames, 70_050));
    }

    [Fact]
    public void Zstd_frames_that_claim_much_get_no_memory_for_it()
    {
        using var decompressor = new BlockDecompressor();
        Assert.Equal(
            DecompressionResult.Damaged,
            decompressor.Decompress(BlockCodec.Zstandard, ZstdFrames.OfWindow(28, 0, "abc"u8), 1000)
        );
        Assert.Equal(
            DecompressionResult.Ok,
            decompressor.Decompress(BlockCodec.Zstandard, ZstdFrames.OfWindow(20, 0, "abc"u8), 1000)
        );
        Assert.Equal("abc"u8.ToArray(), decompressor.OutputSpan.ToArray());
        foreach (var claimed in new ulong[] { ulong.MaxValue, 1UL << 62, 1UL << 40, 4 })
            Assert.Equal(
                DecompressionResult.Damaged,
                decompressor.Decompress(BlockCodec.Zstandard, ZstdFrames.OfContent(claimed, "abc"u8), 1000)
            );
        Assert.Equal(
            DecompressionResult.Ok,
            decompressor.Decompress(BlockCodec.Zstandard, ZstdFrames.OfContent(3, "abc"u8), 1000)
        );
    }

    [Fact]
    public void A_block_that_is_good_follows_one_that_broke_off()
    {
        using var decompressor = new BlockDecompressor();
        var block = Compress(BlockCodec.Zstandard, SnappyTests.Sample(new Random(14), 5000));
        Assert.Equal(
            DecompressionResult.Damaged,
            decompressor.Decompress(BlockCodec.Zstandard, block.AsSpan(0, 300), 10_000)
        );
        Assert.Equal(DecompressionResult.Ok, decompressor.Decompress(BlockCodec.Zstandard, block, 10_000));
    }

    [Fact]
    public void Zstd_says_when_its_output_does_not_fit() =>
        Assert.Equal(-1, Zstd.Compress(new byte[100], new byte[2], 1));

    private static byte[] Compress(BlockCodec codec, byte[] bytes)
    {
        switch (codec)
        {
            case BlockCodec.Null:
                return (byte[])bytes.Clone();
            case BlockCodec.Snappy:
                return SnappyTests.Compress(bytes);
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
                return DecompressionTests.Compress(
                    codec == BlockCodec.Bzip2 ? CompressionFormat.Bzip2 : CompressionFormat.Zstd,
                    bytes
                );
        }
    }
}
