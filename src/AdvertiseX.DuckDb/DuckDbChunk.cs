using AdvertiseX.DuckDb.Native;

namespace AdvertiseX.DuckDb;

/// <summary>Some rows as column vectors, owned by the result that gave it.</summary>
internal sealed unsafe class DuckDbChunk
{
    private readonly ChunkHandle _handle;
    private readonly DuckDbColumn[] _columns;

    internal DuckDbChunk(ChunkHandle handle, DuckDbColumn[] columns)
    {
        _handle = handle;
        _columns = columns;
        RowCount = (int)NativeMethods.ChunkSize(handle.Pointer);
    }

    /// <summary>1 to 2,048.</summary>
    public int RowCount { get; }

    /// <summary>The vector of a column, valid as long as the chunk.</summary>
    public DuckDbVector this[int column]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)_columns.Length, nameof(column));
            var vector = NativeMethods.ChunkVector(_handle.Pointer, (ulong)column);
            return new DuckDbVector(
                NativeMethods.VectorData(vector),
                NativeMethods.VectorValidity(vector),
                RowCount,
                _columns[column]
            );
        }
    }

    internal void Dispose() => _handle.Dispose();
}
