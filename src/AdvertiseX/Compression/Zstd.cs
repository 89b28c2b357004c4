using ZstdSharp;
using ZstdSharp.Unsafe;

namespace AdvertiseX.Compression;

/// <summary>One-shot zstd with one reused context per thread.</summary>
internal static class Zstd
{
    private const int FewestSearches = -1000;

    // ZSTD_c_literalCompressionMode and ZSTD_lcm_huffman of zstd.h: literals are coded whatever the level.
    private const ZSTD_cParameter LiteralCompressionMode = ZSTD_cParameter.ZSTD_c_experimentalParam5;
    private const int AlwaysCoded = 1;

    [ThreadStatic]
    private static Compressor? t_compressor;

    [ThreadStatic]
    private static Compressor? t_literals;

    [ThreadStatic]
    private static Decompressor? t_decompressor;

    /// <summary>The most bytes that <paramref name="sourceLength"/> bytes can compress to.</summary>
    public static int MaxCompressedLength(int sourceLength) =>
        checked((int)Compressor.GetCompressBoundLong((ulong)sourceLength));

    /// <summary>Compresses into one frame that carries its content size. Any thread may call it; each keeps its own
    /// context.</summary>
    /// <param name="src">May be empty.</param>
    /// <param name="dst">Must not overlap the source; <see cref="MaxCompressedLength"/> bytes always suffice.</param>
    /// <param name="level">1 (fast) to 22 (small); negative levels are faster still.</param>
    /// <returns>The bytes written, or -1 if they do not fit.</returns>
    public static int Compress(ReadOnlySpan<byte> src, Span<byte> dst, int level)
    {
        var compressor = t_compressor ??= new Compressor(level);
        compressor.Level = level;
        return compressor.TryWrap(src, dst, out var written) ? written : -1;
    }

    /// <summary>
    /// Compresses by the frequency of bytes, hardly looking for repeats: for ids and addresses as small as level 1 and
    /// up to four times as fast. The frame is an ordinary one.
    /// </summary>
    /// <inheritdoc cref="Compress"/>
    public static int CompressLiterals(ReadOnlySpan<byte> src, Span<byte> dst)
    {
        var compressor = t_literals ??= LiteralsCompressor();
        return compressor.TryWrap(src, dst, out var written) ? written : -1;
    }

    /// <summary>Decompresses one frame whose content fills <paramref name="dst"/>; false, with undefined content there,
    /// when it is damaged or has another length.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> src, Span<byte> dst)
    {
        var decompressor = t_decompressor ??= new Decompressor();
        try
        {
            return decompressor.TryUnwrap(src, dst, out var written) && written == dst.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
    }

    private static Compressor LiteralsCompressor()
    {
        var compressor = new Compressor(FewestSearches);
        compressor.SetParameter(LiteralCompressionMode, AlwaysCoded);
        return compressor;
    }
}
