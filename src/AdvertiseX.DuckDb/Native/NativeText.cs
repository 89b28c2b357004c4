using System.Runtime.InteropServices;

namespace AdvertiseX.DuckDb.Native;

internal static unsafe class NativeText
{
    /// <summary>The text at <paramref name="text"/>, which stays its owner's.</summary>
    internal static string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>The text at <paramref name="text"/>, whose memory is given back to DuckDB.</summary>
    internal static string Take(byte* text)
    {
        var read = Read(text);
        NativeMethods.Free(text);
        return read;
    }

    /// <summary>SQL reaches DuckDB ended by a zero: one inside would silently cut it short.</summary>
    internal static string Checked(string sql) =>
        sql.Contains('\0', StringComparison.Ordinal)
            ? throw new DuckDbException("Parser Error: the SQL holds a zero character")
            : sql;
}
