using System.IO.Compression;
using AdvertiseX.Compression;
using AdvertiseX.Tests.Decoding.Avro;
using ICSharpCode.SharpZipLib.BZip2;

namespace AdvertiseX.Tests.Compression;

public class DecompressionTests
{
    private static readonly byte[] s_text = SnappyTests.Sample(new Random(3), 700_000);

    public static TheoryData<CompressionFormat> Written => [CompressionFormat.Gzip, CompressionFormat.Zstd, CompressionFormat.Bzip2];

    [Theory]
    [MemberData(nameof(Written))]
    public void Parts_that_follow_one_another_are_one_content(CompressionFormat format)
    {
        byte[] file = [.. Compress(format, s_text[..300_000]), .. Compress(format, []), .. Compress(format, s_text[300_000..])];
        Assert.Equal(format, Decompression.Detect(file.AsSpan(0, Decompression.HeadBytes)));
        using var content = Decompression.Open(new MemoryStream(file));
        Assert.Equal(s_text, ReadInOddPieces(content));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Truncated_content_fails_in_words(CompressionFormat format)
    {
        var file = Compress(format, s_text);
        foreach (var cut in new[] { 1, 5, 1000, file.Length / 2 })
        {
            using var content = Decompression.Open(new MemoryStream(file[..^cut]), format);
            Assert.Throws<InvalidDataException>(() => content.CopyTo(Stream.Null));
        }
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Damaged_content_fails_as_invalid_data_and_as_nothing_else(CompressionFormat format)
    {
        var random = new Random(4);
        var file = Compress(format, s_text.AsSpan(0, 20_000).ToArray());
        for (var round = 0; round < 60; round++)
        {
            var damaged = (byte[])file.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                using var content = Decompression.Open(new MemoryStream(damaged), format);
                content.CopyTo(Stream.Null);
            }
            catch (InvalidDataException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void Xz_streams_follow_one_another_too()
    {
        var xz = XzBlock();
        using var one = Decompression.Open(new MemoryStream(xz));
        var text = ReadInOddPieces(one);
        using var two = Decompression.Open(new MemoryStream([.. xz, .. xz]));
        Assert.Equal([.. text, .. text], ReadInOddPieces(two));
        using var cut = Decompression.Open(new MemoryStream(xz[..^3]));
        Assert.Throws<InvalidDataException>(() => cut.CopyTo(Stream.Null));
    }

    [Fact]
    public void Content_that_is_not_compressed_passes_through()
    {
        foreach (var text in new[] { "", "a", "{\"a\":1}", "BZhello", "BZh" })
        {
            using var content = Decompression.Open(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));
            Assert.Equal(text, System.Text.Encoding.UTF8.GetString(ReadInOddPieces(content)));
        }
    }

    [Fact]
    public void Missing_library_is_named_with_its_package()
    {
        var missing = Assert.Throws<MissingLibraryException>(() =>
        {
            NativeLibraryLoader.Load("libnone", "the package none1", "libnone.so.1", "libnone");
        });
        Assert.Contains("'libnone'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("the package none1", missing.Message, StringComparison.Ordinal);
    }

    /// <summary>The data of an Avro block of codec xz, which is a whole .xz stream.</summary>
    private static byte[] XzBlock()
    {
        var file = AvroVectors.Bytes("bid_requests.xz.avro");
        var start = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]);
        var end = start + file.AsSpan(start).IndexOf("YZ"u8) + 2;
        return file[start..end];
    }

    private static byte[] ReadInOddPieces(Stream content)
    {
        using var all = new MemoryStream();
        var piece = new byte[7919];
        while (content.Read(piece, 0, piece.Length) is > 0 and var read)
            all.Write(piece, 0, read);
        return all.ToArray();
    }

    internal static byte[] Compress(CompressionFormat format, byte[] bytes)
    {
        using var compressed = new MemoryStream();
        switch (format)
        {
            case CompressionFormat.Gzip:
                using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
                {
                    // Without a write the stream would leave no member at all.
                    gzip.Write(bytes);
                    gzip.Flush();
                }

                break;
            case CompressionFormat.Bzip2:
                using (var bzip2 = new BZip2OutputStream(compressed) { IsStreamOwner = false })
                    bzip2.Write(bytes);
                break;
            default:
                var frame = new byte[Zstd.MaxCompressedLength(bytes.Length)];
                compressed.Write(frame, 0, Zstd.Compress(bytes, frame, 3));
                break;
        }

        return compressed.ToArray();
    }
}
