using AdvertiseX.DuckDb.Native;

namespace AdvertiseX.DuckDb;

/// <summary>
/// Rows of a statement, in chunks of up to 2,048. For one thread at a time; alive until disposed or until the next
/// statement on its connection.
/// </summary>
internal sealed unsafe class DuckDbResult : IDisposable
{
    private readonly ResultHandle _handle;
    private readonly DuckDbColumn[] _columns;
    private DuckDbChunk? _chunk;

    private DuckDbResult(ResultHandle handle)
    {
        _handle = handle;
        RowsChanged = (long)NativeMethods.RowsChanged(handle.Pointer);
        _columns = new DuckDbColumn[NativeMethods.ColumnCount(handle.Pointer)];
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i] = DuckDbColumn.From(
                NativeText.Read(NativeMethods.ColumnName(handle.Pointer, (ulong)i)),
                NativeMethods.ColumnLogicalType(handle.Pointer, (ulong)i)
            );
        }
    }

    public IReadOnlyList<DuckDbColumn> Columns => _columns;

    /// <summary>Rows inserted, updated, deleted or copied; 0 for a SELECT.</summary>
    public long RowsChanged { get; }

    /// <summary>
    /// The next rows, at least one, or null at the end. The chunk and the spans taken from it are valid until the next
    /// call.
    /// </summary>
    /// <exception cref="DuckDbException">The statement failed on the way, or was interrupted.</exception>
    public DuckDbChunk? NextChunk()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        do
        {
            _chunk?.Dispose();
            _chunk = null;
            var chunk = NativeMethods.FetchChunk(*_handle.Pointer);
            if (chunk == 0)
            {
                var error = NativeText.Read(NativeMethods.ResultError(_handle.Pointer));
                return error.Length == 0 ? null : throw new DuckDbException(error);
            }

            _chunk = new DuckDbChunk(new ChunkHandle(chunk), _columns);
        } while (_chunk.RowCount == 0);
        return _chunk;
    }

    /// <summary>The rows one by one, from where the chunks have been read to.</summary>
    public DuckDbRows Rows() => new(this);

    public void Dispose()
    {
        _chunk?.Dispose();
        _chunk = null;
        _handle.Dispose();
    }

    internal static DuckDbResult Execute(nint pending)
    {
        if (Work(pending) == PendingState.Error)
            throw new DuckDbException(NativeText.Read(NativeMethods.PendingError(pending)));
        var handle = new ResultHandle();
        if (NativeMethods.ExecutePending(pending, handle.Pointer) == 0)
            return new DuckDbResult(handle);
        var error = NativeText.Read(NativeMethods.ResultError(handle.Pointer));
        if (error.Length == 0)
            error = NativeText.Read(NativeMethods.PendingError(pending));
        handle.Dispose();
        throw new DuckDbException(error);
    }

    /// <summary>Takes part in the work until the first rows are there.</summary>
    private static PendingState Work(nint pending)
    {
        var wait = new TaskWait();
        while (true)
        {
            var state = NativeMethods.ExecutePendingTask(pending);
            if (state == PendingState.NoTasks)
                wait.Once();
            else if (state == PendingState.NotReady)
                wait.Reset();
            else
                return state;
        }
    }
}
