using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>
/// The rows of a query, made while they are read. Types without vectors of their own (lists, structs, UUIDs, …) have
/// become text, nested ones JSON. For one thread at a time; dispose it to stop the query and free what it holds.
/// </summary>
public sealed class QueryResult : IDisposable
{
    private readonly IDisposable[] _owned;
    private readonly DuckDbResult _result;
    private readonly QueryDeadline _deadline;
    private DuckDbChunk? _chunk;
    private int _row;

    private QueryResult(DuckDbResult result, QueryDeadline deadline, IDisposable[] owned)
    {
        _result = result;
        _deadline = deadline;
        _owned = owned;
    }

    internal IReadOnlyList<DuckDbColumn> Columns => _result.Columns;

    /// <summary>Names of the columns, in order.</summary>
    public IReadOnlyList<string> ColumnNames => field ??= [.. Columns.Select(column => column.Name)];

    /// <summary>The row that <see cref="Read"/> went to, inside <see cref="Chunk"/>.</summary>
    internal int Row => _row;

    /// <summary>The chunk that <see cref="Read"/> or <see cref="NextChunk"/> gave last.</summary>
    internal DuckDbChunk Chunk =>
        _chunk ?? throw new InvalidOperationException("no row: Read was not called, or gave false");

    /// <summary>The next rows as vectors, or null at the end; valid until the next call.</summary>
    /// <exception cref="QueryException">The query failed on the way, or met a limit.</exception>
    /// <exception cref="OperationCanceledException">The query was cancelled.</exception>
    internal DuckDbChunk? NextChunk()
    {
        try
        {
            return _chunk = _result.NextChunk();
        }
        catch (DuckDbException error)
        {
            _chunk = null;
            throw _deadline.Explain(error);
        }
    }

    /// <summary>Goes to the next row; false at the end. Values are then read with the Get methods. Not to be mixed with
    /// NextChunk.</summary>
    /// <exception cref="QueryException">The query failed on the way, or met a limit.</exception>
    /// <exception cref="OperationCanceledException">The query was cancelled.</exception>
    public bool Read()
    {
        if (_chunk is not null && ++_row < _chunk.RowCount)
            return true;
        _row = 0;
        return NextChunk() is not null;
    }

    /// <summary>Whether the value is null.</summary>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public bool IsNull(int column) => Chunk[column].IsNull(_row);

    /// <summary>Any integer of at most 64 bits; undefined for a null.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or the column has another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    /// <exception cref="OverflowException">The value does not fit.</exception>
    public long GetInt64(int column) => Chunk[column].GetInt64(_row);

    /// <summary>A number; undefined for a null.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or the column has another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public double GetDouble(int column) => Chunk[column].GetDouble(_row);

    /// <summary>A truth value; undefined for a null.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or the column has another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public bool GetBoolean(int column) => Chunk[column].GetBoolean(_row);

    /// <summary>The text of a VARCHAR, or null.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or the column has another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public string? GetString(int column) => IsNull(column) ? null : Chunk[column].GetString(_row);

    /// <summary>Microseconds since 1970-01-01 of any TIMESTAMP; undefined for a null.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or the column has another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public long GetTimestampMicros(int column) => Chunk[column].GetTimestampMicros(_row);

    /// <summary>A DATE; undefined for a null.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or the column has another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public DateOnly GetDate(int column) =>
        DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(Chunk[column].GetDateDays(_row));

    public void Dispose()
    {
        _deadline.Dispose();
        _result.Dispose();
        foreach (var owned in _owned)
            owned.Dispose();
    }

    /// <summary>Starts a statement; <paramref name="owned"/> is disposed with the result, or at once if there will be
    /// none.</summary>
    internal static QueryResult Start(
        DuckDbConnection connection,
        string sql,
        QueryDeadline deadline,
        params IDisposable[] owned
    )
    {
        try
        {
            using var statement = SelectText.PrepareReadable(connection, sql);
            return new QueryResult(statement.Query(), deadline, owned);
        }
        catch (Exception error)
        {
            deadline.Dispose();
            foreach (var each in owned)
                each.Dispose();
            if (error is DuckDbException failed)
                throw deadline.Explain(failed);
            throw;
        }
    }
}
