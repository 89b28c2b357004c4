using System.Runtime.InteropServices;

namespace AdvertiseX.Columns;

/// <summary>
/// Asks Linux to back large buffers with huge pages (madvise(2), MADV_HUGEPAGE): a column's first touch then costs one fault for 2 MB
/// and not five hundred. Elsewhere, and where the kernel declines, nothing happens. Thread-safe.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Size and alignment of a huge page on the machines of today, bytes.</summary>
    public const int Bytes = 2 << 20;

    private const int Advice = 14;

    public static void Advise(byte* start, long length)
    {
        if (OperatingSystem.IsLinux()) _ = MAdvise(start, (nuint)length, Advice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(byte* start, nuint length, int advice);
}
