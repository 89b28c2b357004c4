using System.Runtime.InteropServices;

namespace AdvertiseX.Compression;

/// <summary><c>lzma_stream</c> of lzma/base.h; zeroed memory is LZMA_STREAM_INIT.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct XzState
{
    public const int Run = 0;
    public const int Finish = 3;
    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int MemoryLimit = 6;

    public byte* NextIn;
    public nuint AvailableIn;
    public ulong TotalIn;
    public byte* NextOut;
    public nuint AvailableOut;
    public ulong TotalOut;
    public nint Allocator;
    public nint Internal;
    public nint Reserved1;
    public nint Reserved2;
    public nint Reserved3;
    public nint Reserved4;
    public ulong Reserved5;
    public ulong Reserved6;
    public nuint Reserved7;
    public nuint Reserved8;
    public int Reserved9;
    public int Reserved10;
}
