using System.Runtime.InteropServices;

namespace AdvertiseX.Columns;

/// <summary>
/// Native memory for buffers. On Linux large ones are mapped one by one (mmap(2)), aligned to huge pages and advised to
/// use them: a first touch then costs one fault for 2 MB, and what is freed goes back to the system at once, where the
/// C heap would keep it in its arenas. Thread-safe.
/// </summary>
internal static unsafe partial class PageMemory
{
    private const nuint HugePage = 2 << 20;
    private const nuint Alignment = 64;
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int AdviseHugePages = 14;

    /// <summary>Memory of at least <paramref name="bytes"/> bytes, aligned to 64; undefined content.</summary>
    /// <exception cref="InsufficientMemoryException">The system has none.</exception>
    public static byte* Allocate(nuint bytes)
    {
        if (!IsMapped(bytes))
            return (byte*)NativeMemory.AlignedAlloc(bytes, Alignment);
        var size = MappedSize(bytes);
        var start = (byte*)Map(null, size + HugePage, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == (byte*)-1)
            throw new InsufficientMemoryException($"the system has no {bytes} bytes of memory left");
        var aligned = (byte*)(((nuint)start + HugePage - 1) & ~(HugePage - 1));
        if (aligned > start)
            _ = Unmap(start, (nuint)(aligned - start));
        var behind = (nuint)(start + HugePage - aligned);
        if (behind > 0)
            _ = Unmap(aligned + size, behind);
        _ = Advise(aligned, size, AdviseHugePages);
        return aligned;
    }

    /// <summary>Gives memory back that <see cref="Allocate"/> gave for this size.</summary>
    public static void Free(byte* start, nuint bytes)
    {
        if (IsMapped(bytes))
            _ = Unmap(start, MappedSize(bytes));
        else
            NativeMemory.AlignedFree(start);
    }

    private static bool IsMapped(nuint bytes) => bytes > HugePage && OperatingSystem.IsLinux();

    private static nuint MappedSize(nuint bytes) => (bytes + 4095) & ~(nuint)4095;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
