using System.Runtime.InteropServices;

namespace AdvertiseX.Compression;

/// <summary>Finds a native library under the names it has on Linux, macOS and Windows.</summary>
internal static class NativeLibraryLoader
{
    /// <exception cref="MissingLibraryException">None of the names loads.</exception>
    public static nint Load(string library, string packages, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(NativeLibraryLoader).Assembly, null, out var handle))
                return handle;
        }

        throw new MissingLibraryException(library, packages);
    }
}
