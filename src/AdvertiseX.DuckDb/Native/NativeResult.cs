using System.Runtime.InteropServices;

namespace AdvertiseX.DuckDb.Native;

/// <summary>duckdb_result of duckdb.h: passed by value to some functions, by pointer to others; only the last field is
/// used.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    internal ulong DeprecatedColumnCount;
    internal ulong DeprecatedRowCount;
    internal ulong DeprecatedRowsChanged;
    internal nint DeprecatedColumns;
    internal nint DeprecatedErrorMessage;
    internal nint InternalData;
}
