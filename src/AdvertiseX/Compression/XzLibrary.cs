using System.Runtime.InteropServices;

namespace AdvertiseX.Compression;

/// <summary>The entry points of liblzma (lzma/base.h, lzma/container.h) that are used here.</summary>
internal sealed unsafe class XzLibrary
{
    /// <summary>xz -9 needs 65 MB; more than this is no ordinary file.</summary>
    private const ulong MaxMemoryBytes = 256UL << 20;
    private const uint Concatenated = 0x08;
    private static readonly Lazy<XzLibrary> s_loaded = new(() => new XzLibrary());

    public readonly delegate* unmanaged<XzState*, int, int> Code;
    public readonly delegate* unmanaged<XzState*, void> End;
    private readonly delegate* unmanaged<XzState*, ulong, uint, int> _decoder;

    private XzLibrary()
    {
        var library = NativeLibraryLoader.Load(
            "liblzma",
            "liblzma5 (Debian, Ubuntu), xz-libs (Fedora), xz (Homebrew), or put liblzma.dll beside adx (Windows)",
            "liblzma.so.5",
            "liblzma.5.dylib",
            "/opt/homebrew/lib/liblzma.5.dylib",
            "/usr/local/lib/liblzma.5.dylib",
            "liblzma"
        );
        Code = (delegate* unmanaged<XzState*, int, int>)NativeLibrary.GetExport(library, "lzma_code");
        End = (delegate* unmanaged<XzState*, void>)NativeLibrary.GetExport(library, "lzma_end");
        _decoder = (delegate* unmanaged<XzState*, ulong, uint, int>)
            NativeLibrary.GetExport(library, "lzma_stream_decoder");
    }

    /// <exception cref="MissingLibraryException">liblzma is not on this machine.</exception>
    public static XzLibrary Loaded => s_loaded.Value;

    public bool StartDecoder(XzState* state) => _decoder(state, MaxMemoryBytes, Concatenated) == XzState.Ok;
}
