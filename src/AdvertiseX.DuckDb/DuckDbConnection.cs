using AdvertiseX.DuckDb.Native;

namespace AdvertiseX.DuckDb;

/// <summary>
/// A connection: its own transaction, temporary objects and session settings. For one thread at a time, except
/// <see cref="Interrupt"/>. A streaming result is alive until the next statement on its connection.
/// </summary>
internal sealed class DuckDbConnection : IDisposable
{
    private readonly ConnectionHandle _handle;

    internal DuckDbConnection(ConnectionHandle handle) => _handle = handle;

    /// <summary>Runs one or more statements to their end; what they select is thrown away.</summary>
    /// <returns>Rows that the last statement inserted, updated, deleted or copied.</returns>
    /// <exception cref="DuckDbException">The first statement that failed; those before it have taken
    /// effect.</exception>
    public unsafe long Execute(string sql)
    {
        using var result = new ResultHandle();
        return NativeMethods.Query(_handle, NativeText.Checked(sql), result.Pointer) == 0
            ? (long)NativeMethods.RowsChanged(result.Pointer)
            : throw new DuckDbException(NativeText.Read(NativeMethods.ResultError(result.Pointer)));
    }

    /// <summary>Starts one statement; its rows are made while they are read and never held whole.</summary>
    /// <exception cref="DuckDbException">The statement is wrong, or failed before its first rows.</exception>
    public DuckDbResult Query(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Query();
    }

    /// <summary>Prepares one statement; parameters are written ?, $1 or $name.</summary>
    public unsafe DuckDbStatement Prepare(string sql)
    {
        var state = NativeMethods.Prepare(_handle, NativeText.Checked(sql), out var statement);
        return DuckDbStatement.Take(state, statement);
    }

    /// <summary>
    /// Parses <paramref name="sql"/> into its statements and hands each to <paramref name="visit"/>, prepared after
    /// those before it were visited, so that one may run and make what the next needs. The statement is disposed after
    /// the visit.
    /// </summary>
    /// <returns>The number of statements.</returns>
    public unsafe int ForEachStatement(string sql, Action<DuckDbStatement, int, int> visit)
    {
        var count = NativeMethods.ExtractStatements(_handle, NativeText.Checked(sql), out var extracted);
        try
        {
            if (count == 0)
            {
                var error = NativeText.Read(NativeMethods.ExtractStatementsError(extracted));
                return error.Length == 0 ? 0 : throw new DuckDbException(error);
            }

            for (var index = 0ul; index < count; index++)
            {
                var state = NativeMethods.PrepareExtractedStatement(_handle, extracted, index, out var statement);
                using var prepared = DuckDbStatement.Take(state, statement);
                visit(prepared, (int)index, (int)count);
            }

            return (int)count;
        }
        finally
        {
            NativeMethods.DestroyExtracted(ref extracted);
        }
    }

    /// <summary>
    /// Stops the statement that runs now, which then fails with <see cref="DuckDbException.IsInterrupted"/>. Without
    /// effect when none runs, also on the next. Safe from any thread.
    /// </summary>
    public void Interrupt()
    {
        if (!_handle.IsClosed)
            NativeMethods.Interrupt(_handle);
    }

    public void Dispose() => _handle.Dispose();
}
