using System.IO.Compression;
using AdvertiseX.Compression;
using AdvertiseX.Tests.Decoding;
using AdvertiseX.Tests.Decoding.Avro;
using ICSharpCode.SharpZipLib.BZip2;

namespace AdvertiseX.Tests.Compression;

public class DecompressionTests
{
    private static readonly byte[] s_text = SnappyTests.Sample(new Random(3), 700_000);

    public static TheoryData<CompressionFormat> Written =>
        [CompressionFormat.Gzip, CompressionFormat.Zstd, CompressionFormat.Bzip2];

    [Theory]
    [MemberData(nameof(Written))]
    public void Parts_that_follow_one_another_are_one_content(CompressionFormat format)
    {
        byte[] file =
        [
            .. Compress(format, s_text[..300_000]),
            .. Compress(format, []),
            .. Compress(format, s_text[300_000..], bzip2Level: 9),
        ];
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

    /// <summary>A cut behind a whole part cannot be seen; these files have one.</summary>
    [Theory]
    [MemberData(nameof(Written))]
    public void A_small_file_that_ends_anywhere_fails_in_words(CompressionFormat format)
    {
        var file = Compress(format, s_text[..200]);
        for (var length = 1; length < file.Length; length++)
        {
            using var content = Decompression.Open(new MemoryStream(file[..length]), format);
            Assert.Throws<InvalidDataException>(() => content.CopyTo(Stream.Null));
        }
    }

    [Theory]
    [InlineData(CompressionFormat.Gzip, 1)]
    [InlineData(CompressionFormat.Gzip, 3)]
    [InlineData(CompressionFormat.Gzip, 500)]
    [InlineData(CompressionFormat.Zstd, 1)]
    [InlineData(CompressionFormat.Zstd, 3)]
    [InlineData(CompressionFormat.Zstd, 4)]
    [InlineData(CompressionFormat.Zstd, 500)]
    [InlineData(CompressionFormat.Bzip2, 1)]
    [InlineData(CompressionFormat.Bzip2, 500)]
    public void Other_bytes_behind_the_last_part_are_damage(CompressionFormat format, int count)
    {
        var rubbish = new byte[count];
        rubbish.AsSpan().Fill((byte)'a');
        using var content = Decompression.Open(
            new MemoryStream([.. Compress(format, s_text[..5000]), .. rubbish]),
            format
        );
        Assert.Throws<InvalidDataException>(() => content.CopyTo(Stream.Null));
    }

    [Fact]
    public void Zstd_frames_that_ask_for_much_memory_are_refused_in_words()
    {
        Assert.Equal("abc"u8.ToArray(), Read(ZstdFrames.OfWindow(27, 0, "abc"u8)));
        Assert.Equal("The zstd data needs a window of more than 128 MB.", Fault(ZstdFrames.OfWindow(27, 1, "abc"u8)));
        Assert.Equal("The zstd data needs a window of more than 128 MB.", Fault(ZstdFrames.OfWindow(41, 7, "abc"u8)));
        Assert.Equal(
            "The zstd data needs a window of more than 128 MB.",
            Fault(ZstdFrames.OfContent(1UL << 40, "abc"u8))
        );
        Assert.Equal("The zstd data is damaged.", Fault(ZstdFrames.OfContent(4, "abc"u8)));
        Assert.Equal("The zstd data ends inside a frame.", Fault(ZstdFrames.OfWindow(27, 0, "abc"u8)[..^1]));

        static byte[] Read(byte[] file)
        {
            using var content = Decompression.Open(new MemoryStream(file));
            return ReadInOddPieces(content);
        }

        static string Fault(byte[] file) => Assert.Throws<InvalidDataException>(() => Read(file)).Message;
    }

    [Fact]
    public void Zstd_frames_of_any_kind_follow_one_another()
    {
        byte[] file =
        [
            .. ZstdFrames.Skippable(9),
            .. ZstdFrames.OfWindow(17, 0, "ab"u8),
            .. ZstdFrames.OfContent(0, []),
            .. ZstdFrames.Skippable(0),
            .. ZstdFrames.OfContent(1, "c"u8),
        ];
        Assert.Equal(CompressionFormat.Zstd, Decompression.Detect(file));
        foreach (var piece in new[] { 1, 2, 7, 100 })
        {
            using var content = Decompression.Open(new ChoppedStream(file, piece), CompressionFormat.Zstd);
            Assert.Equal("abc"u8.ToArray(), ReadInOddPieces(content));
        }
    }

    /// <summary>Files that the xz and zstd programs wrote: blocks of 128 bytes with CRC-32, one block with SHA-256; a
    /// frame with a checksum, one without.</summary>
    [Theory]
    [InlineData(
        "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AB/AE5dABgICuZ6DZdmoXy9ZZs3Xu0rSXQP5nPAMqedx67T8ZWvHl7/fGSB9gwlGMZkkZInXDTmYJfDrtXNRYefN4seeIcabD1kvPMG10o1xYgAAAAAAByNQU8CACEBFgAAAHQv5aPgAH8AT10ANxk9QsADyQ+a3s2B2S2NI6u/IXz/NHyXjVaHgyCY3uJ0C/ehQnBgIWOSVvJewnJqgbb+6stNFlUs+jiA2s+6JJmXkRcX48FSzhIiSdI4+wAAeOR4ogIAIQEWAAAAdC/lowEAFXJpcHMKMTkgc3ByaW5nIHNwcmluZwoAAACaFIXyAANmgAFngAEqFgAAEwvULpvjUUADAAAAAAFZWg=="
    )]
    [InlineData(
        "/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4AEVAHxdABgICuZ6DZdmoXy9ZZs3Xu0rSXQP5nPAMqedx67T8ZWvHl7/fGSB9gwlGMZkkZInXDTmYJfDrtXNRYefN4seeIcabD1kvPMG10r8aNxds/4O9J1dtXMsoGZ/fv75q2CgORW5+6HwnQGxfPabFD97FuIf65V5VpY6DKsvGAAAErGzJ/IkPaUA31SwXfnlwTP/P010GRAXv8fs8mPjQLsAAbABlgIAAA6EUH+26d8cAgAAAAAKWVo="
    )]
    [InlineData(
        "KLUv/WQWAO0DAHKEDhGg7QjabpfpH63pseeFP/AMAeiYQnas2If9LkA/zU1ONTA91vJWkbWSD/EFm+TWMJvTvYKRsaqXWkEdqNDwFre+ASBEQKT3ECBscistBpLIBYNq4bXtYItGlHeFFfAY0kXriGkfdCWnotTIlhtSnELVffgOM+y5HboU0A/Ygg=="
    )]
    [InlineData(
        "KLUv/WAWAF0EACIGExSQuQ0wpKFBkCAzMxnwD/Th1Z0HVIdxFzcx3CuPcAf3ojIL3OmQ/uWHjdVMlhXpkBrhRWXWBiO6FQKvPIakTHQNWHnsxqSMGqJbKwEYAKCL0AzuMEaVAcbkuRkA4uFqPWUJOUQ1EIM56Q2zVYa1HmzDCDETa7Zg6i4RhIlJTFCZSbUXTK48K2E="
    )]
    public void Files_of_other_programs_read_whole_or_not_at_all(string base64)
    {
        var file = Convert.FromBase64String(base64);
        using var content = Decompression.Open(new MemoryStream(file));
        var text = System.Text.Encoding.UTF8.GetString(ReadInOddPieces(content));
        Assert.StartsWith("0 sale phone\n1 kit phone\n", text, StringComparison.Ordinal);
        Assert.EndsWith("19 spring spring\n", text, StringComparison.Ordinal);
        Assert.Equal(278, text.Length);
        var format = Decompression.Detect(file);
        for (var length = 1; length < file.Length; length++)
        {
            using var cut = Decompression.Open(new MemoryStream(file[..length]), format);
            Assert.Throws<InvalidDataException>(() => cut.CopyTo(Stream.Null));
        }
    }

    /// <summary>Each bit in turn: a checksum is beside the content, and of xz beside everything.</summary>
    [Theory]
    [InlineData(
        "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AB/AE5dABgICuZ6DZdmoXy9ZZs3Xu0rSXQP5nPAMqedx67T8ZWvHl7/fGSB9gwlGMZkkZInXDTmYJfDrtXNRYefN4seeIcabD1kvPMG10o1xYgAAAAAAByNQU8CACEBFgAAAHQv5aPgAH8AT10ANxk9QsADyQ+a3s2B2S2NI6u/IXz/NHyXjVaHgyCY3uJ0C/ehQnBgIWOSVvJewnJqgbb+6stNFlUs+jiA2s+6JJmXkRcX48FSzhIiSdI4+wAAeOR4ogIAIQEWAAAAdC/lowEAFXJpcHMKMTkgc3ByaW5nIHNwcmluZwoAAACaFIXyAANmgAFngAEqFgAAEwvULpvjUUADAAAAAAFZWg==",
        true
    )]
    [InlineData(
        "KLUv/WQWAO0DAHKEDhGg7QjabpfpH63pseeFP/AMAeiYQnas2If9LkA/zU1ONTA91vJWkbWSD/EFm+TWMJvTvYKRsaqXWkEdqNDwFre+ASBEQKT3ECBscistBpLIBYNq4bXtYItGlHeFFfAY0kXriGkfdCWnotTIlhtSnELVffgOM+y5HboU0A/Ygg==",
        false
    )]
    public void A_bit_that_flipped_gives_no_other_content(string base64, bool always)
    {
        var file = Convert.FromBase64String(base64);
        var format = Decompression.Detect(file);
        using var good = Decompression.Open(new MemoryStream(file));
        var text = ReadInOddPieces(good);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            var damaged = (byte[])file.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            using var content = Decompression.Open(new MemoryStream(damaged), format);
            try
            {
                var found = ReadInOddPieces(content);
                // A zstd header has bits that mean nothing, and its checksum may be switched off.
                Assert.True(
                    !always && (bit / 8 < 10 || found.AsSpan().SequenceEqual(text)),
                    $"bit {bit} of {file.Length} bytes"
                );
            }
            catch (InvalidDataException)
            {
                continue;
            }
        }
    }

    /// <summary>What stands before the damage is read, wherever the read buffers end.</summary>
    [Theory]
    [MemberData(nameof(Written))]
    public void Parts_before_a_damaged_part_are_read(CompressionFormat format)
    {
        var parts = Enumerable.Range(0, 3).Select(i => Compress(format, [(byte)('a' + i), (byte)'\n'])).ToArray();
        for (var bit = 0; bit < 16; bit++)
        {
            var second = (byte[])parts[1].Clone();
            second[bit / 8] ^= (byte)(1 << (bit % 8));
            foreach (var piece in new[] { 1, parts[0].Length, 100_000 })
                Assert.Equal(
                    "a\n",
                    ReadToFault(new ChoppedStream([.. parts[0], .. second, .. parts[2]], piece), format)
                );
        }
    }

    [Fact]
    public void Xz_streams_before_a_damaged_one_are_read()
    {
        var xz = XzBlock();
        using var one = Decompression.Open(new MemoryStream(xz));
        var text = System.Text.Encoding.Latin1.GetString(ReadInOddPieces(one));
        foreach (var at in new[] { 0, 8, xz.Length / 2, xz.Length - 1 })
        {
            var second = (byte[])xz.Clone();
            second[at] ^= 4;
            var found = ReadToFault(new MemoryStream([.. xz, .. second, .. xz]), CompressionFormat.Xz);
            Assert.StartsWith(text, found, StringComparison.Ordinal);
            Assert.True(found.Length <= 2 * text.Length);
        }
    }

    /// <summary>Members of many sizes, so that their ends lie at every place of the buffers; zero bytes behind the
    /// last.</summary>
    [Fact]
    public void Gzip_members_are_told_apart_wherever_they_end()
    {
        var random = new Random(7);
        for (var round = 0; round < 40; round++)
        {
            using var file = new MemoryStream();
            using var text = new MemoryStream();
            var incompressible = random.Next(2) == 0;
            for (var members = random.Next(1, 60); members > 0; members--)
            {
                var content = new byte[random.Next(4) == 0 ? 0 : random.Next(1, random.Next(2, 40_000))];
                if (incompressible)
                    random.NextBytes(content);
                text.Write(content);
                file.Write(Compress(CompressionFormat.Gzip, content));
            }

            file.Write(new byte[random.Next(2) * random.Next(20_000)]);

            foreach (var piece in new[] { random.Next(1, 50), random.Next(1000, 20_000), 1 << 20 })
            {
                using var content = Decompression.Open(
                    new ChoppedStream(file.ToArray(), piece),
                    CompressionFormat.Gzip
                );
                Assert.Equal(text.ToArray(), ReadInOddPieces(content));
            }
        }
    }

    /// <summary>A byte behind a member that begins no other is damage, whatever zero bytes stand around it.</summary>
    [Fact]
    public void Only_zero_bytes_may_follow_the_last_gzip_member()
    {
        var member = Compress(CompressionFormat.Gzip, "abc"u8.ToArray());
        foreach (var piece in new[] { 1, 7, 100_000 })
        foreach (var zeros in new[] { 1, 20, 8192, 200_000 })
        {
            byte[] padded = [.. member, .. new byte[zeros]];
            using var content = Decompression.Open(new ChoppedStream(padded, piece), CompressionFormat.Gzip);
            Assert.Equal("abc"u8.ToArray(), ReadInOddPieces(content));
            foreach (
                var rubbish in (byte[][])
                    [
                        [.. padded, 1],
                        [.. padded, 1, 0, 0],
                        [.. member, 1, .. new byte[zeros]],
                    ]
            )
                Assert.Equal("abc", ReadToFault(new ChoppedStream(rubbish, piece), CompressionFormat.Gzip));
        }
    }

    [Fact]
    public void Damaged_gzip_data_is_called_so()
    {
        var file = Compress(CompressionFormat.Gzip, s_text.AsSpan(0, 5000).ToArray());
        foreach (var fromEnd in new[] { 1, 5, 8, file.Length / 2 })
        {
            var damaged = (byte[])file.Clone();
            damaged[^fromEnd] ^= 0x10;
            using var content = Decompression.Open(new MemoryStream([.. damaged, .. file]), CompressionFormat.Gzip);
            var fault = Assert.Throws<InvalidDataException>(() => content.CopyTo(Stream.Null));
            Assert.StartsWith("The gzip data is damaged", fault.Message, StringComparison.Ordinal);
        }

        using var cut = Decompression.Open(new MemoryStream(file[..^9]));
        Assert.Equal(
            "The gzip data is damaged or ends too early.",
            Assert.Throws<InvalidDataException>(() => cut.CopyTo(Stream.Null)).Message
        );
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

    /// <summary>What is read before the damage, which there must be.</summary>
    private static string ReadToFault(Stream file, CompressionFormat format)
    {
        using var content = Decompression.Open(file, format);
        using var all = new MemoryStream();
        Assert.Throws<InvalidDataException>(() => content.CopyTo(all));
        return System.Text.Encoding.Latin1.GetString(all.ToArray());
    }

    private static byte[] ReadInOddPieces(Stream content)
    {
        using var all = new MemoryStream();
        var piece = new byte[7919];
        while (content.Read(piece, 0, piece.Length) is > 0 and var read)
            all.Write(piece, 0, read);
        return all.ToArray();
    }

    /// <param name="format">The format.</param>
    /// <param name="bytes">What is compressed.</param>
    /// <param name="bzip2Level">Size of a block of bzip2 in 100 kB; a large one takes much memory whatever is in
    /// it.</param>
    internal static byte[] Compress(CompressionFormat format, byte[] bytes, int bzip2Level = 1)
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
                using (var bzip2 = new BZip2OutputStream(compressed, bzip2Level) { IsStreamOwner = false })
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
