namespace AdvertiseX.Compression;

/// <summary>One-shot zstd compression with one reused context per thread.</summary>
public static unsafe class Zstd
{
    private const int CompressionLevel = 100;
    private const int LiteralCompressionMode = 1002;
    private const int FewestSearches = -1000;

    [ThreadStatic]
    private static Context? t_context;

    [ThreadStatic]
    private static Context? t_literals;

    /// <summary>The most bytes that <paramref name="sourceLength"/> bytes can compress to.</summary>
    /// <exception cref="MissingLibraryException">libzstd is not on this machine.</exception>
    public static int MaxCompressedLength(int sourceLength) =>
        checked((int)ZstdLibrary.Loaded.CompressBound((nuint)sourceLength));

    /// <summary>Compresses into one frame that carries its content size. Any thread may call it; each keeps its own context.</summary>
    /// <param name="src">May be empty.</param>
    /// <param name="dst">Must not overlap the source; <see cref="MaxCompressedLength"/> bytes always suffice.</param>
    /// <param name="level">1 (fast) to 22 (small); negative levels are faster still.</param>
    /// <returns>The bytes written, or -1 if they do not fit.</returns>
    /// <exception cref="MissingLibraryException">libzstd is not on this machine.</exception>
    public static int Compress(ReadOnlySpan<byte> src, Span<byte> dst, int level)
    {
        var zstd = ZstdLibrary.Loaded;
        var context = t_context ??= new Context(zstd);
        fixed (byte* from = src)
        fixed (byte* to = dst)
        {
            var written = zstd.Compress(context.Handle, to, (nuint)dst.Length, from, (nuint)src.Length, level);
            GC.KeepAlive(context);
            return zstd.IsError(written) ? -1 : (int)written;
        }
    }

    /// <summary>
    /// Compresses by the frequency of bytes, hardly looking for repeats: for ids and addresses as small as level 1 and up to four
    /// times as fast. The frame is an ordinary one.
    /// </summary>
    /// <inheritdoc cref="Compress"/>
    public static int CompressLiterals(ReadOnlySpan<byte> src, Span<byte> dst)
    {
        var zstd = ZstdLibrary.Loaded;
        var context = t_literals ??= LiteralsContext(zstd);
        fixed (byte* from = src)
        fixed (byte* to = dst)
        {
            var written = zstd.CompressAsSet(context.Handle, to, (nuint)dst.Length, from, (nuint)src.Length);
            GC.KeepAlive(context);
            return zstd.IsError(written) ? -1 : (int)written;
        }
    }

    private static Context LiteralsContext(ZstdLibrary zstd)
    {
        var context = new Context(zstd);
        // A libzstd that does not know these compresses at its level 1: slower, and otherwise the same.
        _ = zstd.SetParameter(context.Handle, CompressionLevel, FewestSearches);
        if (zstd.IsError(zstd.SetParameter(context.Handle, LiteralCompressionMode, 1)))
            _ = zstd.SetParameter(context.Handle, CompressionLevel, 1);
        return context;
    }

    /// <summary>Frees the native context when its thread is gone and the collector finds it.</summary>
    private sealed class Context(ZstdLibrary zstd)
    {
        public readonly nint Handle = zstd.CreateCompressor();

        ~Context() => zstd.FreeCompressor(Handle);
    }
}
