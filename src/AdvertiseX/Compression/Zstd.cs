namespace AdvertiseX.Compression;

/// <summary>One-shot zstd compression with one reused context per thread.</summary>
public static unsafe class Zstd
{
    [ThreadStatic]
    private static Context? t_context;

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

    /// <summary>Frees the native context when its thread is gone and the collector finds it.</summary>
    private sealed class Context(ZstdLibrary zstd)
    {
        public readonly nint Handle = zstd.CreateCompressor();

        ~Context() => zstd.FreeCompressor(Handle);
    }
}
