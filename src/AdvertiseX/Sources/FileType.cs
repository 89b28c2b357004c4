using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AdvertiseX.Sources;

/// <summary>What stands under a path, which .NET tells only in part: it would wait for a writer of a named
/// pipe.</summary>
internal static partial class FileType
{
    private const int CurrentFolder = -100;
    private const uint Type = 1;
    private const int StatxBytes = 256;

    // Place of stx_mode in struct statx (linux/stat.h), the same on every processor.
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Why a path that is no folder cannot be read as a file; null if it can, or if only opening it can
    /// tell.</summary>
    public static string? Fault(string path)
    {
        if (
            new FileInfo(path) is { LinkTarget: { } link } file
            && file.ResolveLinkTarget(returnFinalTarget: true) is { } target
            && !Path.Exists(target.FullName)
        )
            return $"a symbolic link to {link}, which is not there";
        return IsRegular(path) ? null : "not a regular file";
    }

    // Only on Linux: elsewhere opening the file tells.
    private static bool IsRegular(string path)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        var status = new byte[StatxBytes];
        try
        {
            return Statx(CurrentFolder, path, 0, Type, status) != 0
                || (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeOffset)) & TypeMask) == Regular;
        }
        catch (EntryPointNotFoundException)
        {
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] status);
}
