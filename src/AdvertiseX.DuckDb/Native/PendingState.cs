namespace AdvertiseX.DuckDb.Native;

/// <summary>How a statement that was started stands (duckdb_pending_state of duckdb.h).</summary>
internal enum PendingState
{
    /// <summary>Its first rows can be had, or it waits for something that duckdb_execute_pending waits for.</summary>
    Ready = 0,

    /// <summary>This thread did a part of it; there is more.</summary>
    NotReady = 1,
    Error = 2,

    /// <summary>Nothing for this thread: others are at it.</summary>
    NoTasks = 3,
}
