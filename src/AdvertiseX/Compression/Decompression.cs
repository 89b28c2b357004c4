using System.IO.Compression;

namespace AdvertiseX.Compression;

/// <summary>Opens whole files that may be compressed.</summary>
internal static class Decompression
{
    /// <summary>How many first bytes <see cref="Detect"/> wants to see.</summary>
    public const int HeadBytes = 6;

    // Without it System.IO.Compression takes a truncated stream for a complete one, and rows would vanish in silence.
    static Decompression() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>Tells the format from a file's first bytes; anything unknown is
    /// <see cref="CompressionFormat.None"/>.</summary>
    public static CompressionFormat Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return CompressionFormat.Gzip;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) || IsSkippableZstdFrame(head))
            return CompressionFormat.Zstd;
        if (head.StartsWith("BZh"u8) && head.Length > 3 && head[3] is >= (byte)'1' and <= (byte)'9')
            return CompressionFormat.Bzip2;
        return head.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])
            ? CompressionFormat.Xz
            : CompressionFormat.None;
    }

    /// <summary>A stream of the decompressed bytes. It owns <paramref name="source"/>, reads forward only, and is for
    /// one thread. Damaged or truncated data ends in an <see cref="InvalidDataException"/> from its Read.</summary>
    /// <exception cref="MissingLibraryException">The format's native library is not on this machine.</exception>
    public static Stream Open(Stream source, CompressionFormat format) =>
        format switch
        {
            CompressionFormat.Gzip => new GzipStream(source),
            CompressionFormat.Zstd => new ZstdStream(source),
            CompressionFormat.Bzip2 => new Bzip2Stream(source),
            CompressionFormat.Xz => new XzStream(source),
            _ => source,
        };

    /// <summary>Detects the format of a seekable stream at its present position, and opens it.</summary>
    /// <exception cref="MissingLibraryException">The format's native library is not on this machine.</exception>
    public static Stream Open(Stream source)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        var start = source.Position;
        var read = source.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        source.Position = start;
        return Open(source, Detect(head[..read]));
    }

    /// <summary>The raw-deflate twin of <see cref="Open(Stream, CompressionFormat)"/>, here so that the switch above is
    /// set first.</summary>
    internal static Stream OpenDeflate(Stream source) => new DeflateStream(source, CompressionMode.Decompress);

    private static bool IsSkippableZstdFrame(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && (head[0] & 0xF0) == 0x50 && head[1] == 0x2A && head[2] == 0x4D && head[3] == 0x18;
}
