using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AdvertiseX.Lake.Storage;

/// <summary>The two calls of POSIX that .NET does not offer: an atomic link, and a directory flushed to disk.</summary>
internal static partial class PosixFile
{
    private const int FileExists = 17;
    private const int InvalidArgument = 22;

    /// <summary>Gives a file a second name. False when the name is taken; then nothing changed.</summary>
    public static bool Link(string existing, string name)
    {
        if (LinkNative(existing, name) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == FileExists ? false : throw Failed("link", name, error);
    }

    /// <summary>Flushes a directory's entries, so that a name given before survives a loss of power.</summary>
    public static void FlushDirectory(string directory)
    {
        var descriptor = OpenNative(directory, 0);
        if (descriptor < 0)
            throw Failed("open", directory, Marshal.GetLastPInvokeError());
        try
        {
            // Some network file systems cannot flush directories and say EINVAL; they keep names by other means.
            if (FlushNative(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error && error != InvalidArgument)
                throw Failed("fsync", directory, error);
        }
        finally
        {
            _ = CloseNative(descriptor);
        }
    }

    private static IOException Failed(string call, string path, int error) =>
        new($"{call} of {path}: {new Win32Exception(error).Message}");

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkNative(string existing, string name);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenNative(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushNative(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseNative(int descriptor);
}
