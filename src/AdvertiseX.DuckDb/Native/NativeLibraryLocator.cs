using System.Reflection;
using System.Runtime.InteropServices;

namespace AdvertiseX.DuckDb.Native;

/// <summary>
/// Where the native library is looked for: the file named by ADX_DUCKDB_LIB (and then nowhere else),
/// runtimes/PLATFORM/native below the program, where the build puts it, then beside the program.
/// </summary>
internal static class NativeLibraryLocator
{
    internal const string Variable = "ADX_DUCKDB_LIB";

    internal static string FileName =>
        OperatingSystem.IsWindows() ? "duckdb.dll"
        : OperatingSystem.IsMacOS() ? "libduckdb.dylib"
        : "libduckdb.so";

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
            Path.Combine(folder, "runtimes", Platform, "native", FileName),
            Path.Combine(folder, FileName),
        ];
        return Array.Find(places, File.Exists)
            ?? throw new DllNotFoundException(
                $"DuckDB's library for {Platform} is neither {string.Join(" nor ", places)}: build adx on this machine, or set {Variable} "
                    + $"to the full path of {FileName}."
            );
    }

    /// <summary>The folder's name in DuckDB's NuGet package; on macOS one library serves both processors.</summary>
    private static string Platform
    {
        get
        {
            var processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            return OperatingSystem.IsMacOS() ? "osx"
                : OperatingSystem.IsWindows() ? $"win-{processor}"
                : $"linux-{processor}";
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == NativeMethods.Library
            ? NativeLibrary.Load(Locate(Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory))
            : 0;
}
