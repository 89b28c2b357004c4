using System.Runtime.InteropServices;

namespace AdvertiseX.Compression;

/// <summary>The entry points of libzstd's stable interface (zstd.h) that are used here.</summary>
internal sealed unsafe class ZstdLibrary
{
    private static readonly Lazy<ZstdLibrary> s_loaded = new(() => new ZstdLibrary());

    public readonly delegate* unmanaged<nint> CreateCompressor;
    public readonly delegate* unmanaged<nint, nuint> FreeCompressor;
    public readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint> Compress;
    public readonly delegate* unmanaged<nint, int, int, nuint> SetParameter;
    public readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint> CompressAsSet;
    public readonly delegate* unmanaged<nuint, nuint> CompressBound;
    public readonly delegate* unmanaged<nint> CreateDecompressor;
    public readonly delegate* unmanaged<nint, nuint> FreeDecompressor;
    public readonly delegate* unmanaged<nint, ZstdBuffer*, ZstdBuffer*, nuint> DecompressStream;
    public readonly delegate* unmanaged<nint, int, nuint> Reset;
    public readonly delegate* unmanaged<byte*, nuint, ulong> FrameContentSize;
    private readonly delegate* unmanaged<nuint, uint> _isError;
    private readonly delegate* unmanaged<nuint, byte*> _errorName;

    private ZstdLibrary()
    {
        var library = NativeLibraryLoader.Load(
            "libzstd",
            "libzstd1 (Debian, Ubuntu), libzstd (Fedora), zstd (Homebrew), or put libzstd.dll beside adx (Windows)",
            "libzstd.so.1", "libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "/usr/local/lib/libzstd.1.dylib", "libzstd");
        CreateCompressor = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createCCtx");
        FreeCompressor = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeCCtx");
        Compress = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint>)
            NativeLibrary.GetExport(library, "ZSTD_compressCCtx");
        SetParameter = (delegate* unmanaged<nint, int, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_CCtx_setParameter");
        CompressAsSet = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint>)
            NativeLibrary.GetExport(library, "ZSTD_compress2");
        CompressBound = (delegate* unmanaged<nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressBound");
        CreateDecompressor = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createDCtx");
        FreeDecompressor = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDCtx");
        DecompressStream = (delegate* unmanaged<nint, ZstdBuffer*, ZstdBuffer*, nuint>)
            NativeLibrary.GetExport(library, "ZSTD_decompressStream");
        Reset = (delegate* unmanaged<nint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_DCtx_reset");
        FrameContentSize = (delegate* unmanaged<byte*, nuint, ulong>)
            NativeLibrary.GetExport(library, "ZSTD_getFrameContentSize");
        _isError = (delegate* unmanaged<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");
        _errorName = (delegate* unmanaged<nuint, byte*>)NativeLibrary.GetExport(library, "ZSTD_getErrorName");
    }

    /// <exception cref="MissingLibraryException">libzstd is not on this machine.</exception>
    public static ZstdLibrary Loaded => s_loaded.Value;

    public bool IsError(nuint code) => _isError(code) != 0;

    public string ErrorName(nuint code) => Marshal.PtrToStringUTF8((nint)_errorName(code)) ?? "unknown error";
}
