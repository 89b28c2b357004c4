using System.Reflection;
using System.Runtime.InteropServices;

namespace AdvertiseX.DuckDb.Native;

/// <summary>
/// Where the native library is looked for: the file named by ADX_DUCKDB_LIB (and then nowhere else), beside the assembly,
/// then runtimes/&lt;rid&gt;/native below it.
/// </summary>
internal static class NativeLibraryLocator
{
    internal const string Variable = "ADX_DUCKDB_LIB";

    internal static string FileName =>
        OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";

    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLocator).Assembly, Resolve);

    /// <summary>The first place that holds the library.</summary>
    /// <exception cref="DllNotFoundException">None does; the text says what to run.</exception>
    internal static string Locate(string? named, string folder)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named)
                ? named
                : throw new DllNotFoundException($"{Variable} names {named}, where no file is.");
        }

        string[] places =
        [
            Path.Combine(folder, FileName),
            Path.Combine(folder, "runtimes", RuntimeIdentifier, "native", FileName),
        ];
        return Array.Find(places, File.Exists) ?? throw new DllNotFoundException(
            $"DuckDB's library is not installed: run build/fetch-native.sh and build again, or set {Variable} to the full " +
            $"path of {FileName}. Looked at {string.Join(" and ", places)}.");
    }

    private static string RuntimeIdentifier
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == NativeMethods.Library
            ? NativeLibrary.Load(Locate(Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory))
            : 0;
}
