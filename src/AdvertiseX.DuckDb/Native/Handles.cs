using System.Runtime.InteropServices;

namespace AdvertiseX.DuckDb.Native;

/// <summary>A duckdb_database. Connections keep the instance alive inside DuckDB, so the order of disposal does not
/// matter.</summary>
internal sealed class DatabaseHandle : SafeHandle
{
    internal DatabaseHandle(nint database)
        : base(0, ownsHandle: true) => SetHandle(database);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.Close(ref handle);
        return true;
    }
}

internal sealed class ConnectionHandle : SafeHandle
{
    internal ConnectionHandle(nint connection)
        : base(0, ownsHandle: true) => SetHandle(connection);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.Disconnect(ref handle);
        return true;
    }
}

internal sealed class StatementHandle : SafeHandle
{
    internal StatementHandle(nint statement)
        : base(0, ownsHandle: true) => SetHandle(statement);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.DestroyPrepare(ref handle);
        return true;
    }
}

/// <summary>A duckdb_result in native memory of ours; the memory goes with the result.</summary>
internal sealed unsafe class ResultHandle : SafeHandle
{
    internal ResultHandle()
        : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(NativeResult)));

    public override bool IsInvalid => handle == 0;

    internal NativeResult* Pointer => (NativeResult*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMethods.DestroyResult(Pointer);
        NativeMemory.Free((void*)handle);
        handle = 0;
        return true;
    }
}

internal sealed class ChunkHandle : SafeHandle
{
    internal ChunkHandle(nint chunk)
        : base(0, ownsHandle: true) => SetHandle(chunk);

    public override bool IsInvalid => handle == 0;

    internal nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        NativeMethods.DestroyChunk(ref handle);
        return true;
    }
}
