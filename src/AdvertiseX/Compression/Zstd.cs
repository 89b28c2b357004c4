using System.Collections.Concurrent;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace AdvertiseX.Compression;

/// <summary>
/// One-shot zstd with contexts that are used again. They are shared, not one a thread: threads of the pool come and go,
/// and a context that ended with its thread would hold its megabyte of native memory until the garbage collector, which
/// does not see that, came to its finalizer.
/// </summary>
internal static class Zstd
{
    private const int FewestSearches = -1000;

    // ZSTD_c_literalCompressionMode and ZSTD_lcm_huffman of zstd.h: literals are coded whatever the level.
    private const ZSTD_cParameter LiteralCompressionMode = ZSTD_cParameter.ZSTD_c_experimentalParam5;
    private const int AlwaysCoded = 1;

    private static readonly ConcurrentBag<Compressor> Compressors = [];
    private static readonly ConcurrentBag<Compressor> LiteralsCompressors = [];
    private static readonly ConcurrentBag<Decompressor> Decompressors = [];

    /// <summary>The most bytes that <paramref name="sourceLength"/> bytes can compress to.</summary>
    public static int MaxCompressedLength(int sourceLength) =>
        checked((int)Compressor.GetCompressBoundLong((ulong)sourceLength));

    /// <summary>Compresses into one frame that carries its content size. Any thread may call it.</summary>
    /// <param name="src">May be empty.</param>
    /// <param name="dst">Must not overlap the source; <see cref="MaxCompressedLength"/> bytes always suffice.</param>
    /// <param name="level">1 (fast) to 22 (small); negative levels are faster still.</param>
    /// <returns>The bytes written, or -1 if they do not fit.</returns>
    public static int Compress(ReadOnlySpan<byte> src, Span<byte> dst, int level)
    {
        var compressor = Compressors.TryTake(out var idle) ? idle : new Compressor(level);
        compressor.Level = level;
        var written = compressor.TryWrap(src, dst, out var length) ? length : -1;
        Compressors.Add(compressor);
        return written;
    }

    /// <summary>
    /// Compresses by the frequency of bytes, hardly looking for repeats: for ids and addresses as small as level 1 and
    /// up to four times as fast. The frame is an ordinary one.
    /// </summary>
    /// <inheritdoc cref="Compress"/>
    public static int CompressLiterals(ReadOnlySpan<byte> src, Span<byte> dst)
    {
        var compressor = LiteralsCompressors.TryTake(out var idle) ? idle : LiteralsCompressor();
        var written = compressor.TryWrap(src, dst, out var length) ? length : -1;
        LiteralsCompressors.Add(compressor);
        return written;
    }

    /// <summary>Decompresses one frame whose content fills <paramref name="dst"/>; false, with undefined content there,
    /// when it is damaged or has another length.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> src, Span<byte> dst)
    {
        var decompressor = Decompressors.TryTake(out var idle) ? idle : new Decompressor();
        try
        {
            return decompressor.TryUnwrap(src, dst, out var written) && written == dst.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
        finally
        {
            Decompressors.Add(decompressor);
        }
    }

    private static Compressor LiteralsCompressor()
    {
        var compressor = new Compressor(FewestSearches);
        compressor.SetParameter(LiteralCompressionMode, AlwaysCoded);
        return compressor;
    }
}
