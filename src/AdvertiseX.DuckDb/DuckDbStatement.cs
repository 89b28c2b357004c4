using System.Text;
using AdvertiseX.DuckDb.Native;

namespace AdvertiseX.DuckDb;

/// <summary>
/// A prepared statement. Parameters count from 1 and keep their values between runs. For one thread at a time.
/// </summary>
internal sealed unsafe class DuckDbStatement : IDisposable
{
    private readonly StatementHandle _handle;

    private DuckDbStatement(StatementHandle handle) => _handle = handle;

    public DuckDbStatementType Type => NativeMethods.StatementType(_handle);

    public int ParameterCount => (int)NativeMethods.ParameterCount(_handle);

    /// <summary>
    /// The columns that a run gives, as far as they are known before it (types that depend on an unbound parameter are
    /// <see cref="DuckDbType.Invalid"/>).
    /// </summary>
    public IReadOnlyList<DuckDbColumn> Columns
    {
        get
        {
            var columns = new DuckDbColumn[NativeMethods.StatementColumnCount(_handle)];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = DuckDbColumn.From(
                    NativeText.Take(NativeMethods.StatementColumnName(_handle, (ulong)i)),
                    NativeMethods.StatementColumnLogicalType(_handle, (ulong)i)
                );
            }

            return columns;
        }
    }

    /// <summary>Binds text, or null.</summary>
    public DuckDbStatement Bind(int parameter, string? value)
    {
        if (value is null)
            return BindNull(parameter);
        var bytes = Encoding.UTF8.GetBytes(value);
        // One byte more: an empty array has no address.
        fixed (byte* text = bytes.Length > 0 ? bytes : new byte[1])
            return Checked(parameter, NativeMethods.BindVarchar(_handle, (ulong)parameter, text, (ulong)bytes.Length));
    }

    public DuckDbStatement Bind(int parameter, long value) =>
        Checked(parameter, NativeMethods.BindInt64(_handle, (ulong)parameter, value));

    public DuckDbStatement Bind(int parameter, double value) =>
        Checked(parameter, NativeMethods.BindDouble(_handle, (ulong)parameter, value));

    public DuckDbStatement Bind(int parameter, bool value) =>
        Checked(parameter, NativeMethods.BindBoolean(_handle, (ulong)parameter, value));

    public DuckDbStatement Bind(int parameter, DateOnly value) =>
        Checked(parameter, NativeMethods.BindDate(_handle, (ulong)parameter, value.DayNumber - UnixDay));

    /// <summary>Binds a TIMESTAMP WITH TIME ZONE, cut to whole microseconds.</summary>
    public DuckDbStatement Bind(int parameter, DateTimeOffset value) =>
        Checked(
            parameter,
            NativeMethods.BindTimestampTz(
                _handle,
                (ulong)parameter,
                (value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond
            )
        );

    /// <summary>Binds a BLOB; the bytes are copied.</summary>
    public DuckDbStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        byte none = 0;
        fixed (byte* bytes = value)
        {
            var data = value.IsEmpty ? &none : bytes;
            return Checked(parameter, NativeMethods.BindBlob(_handle, (ulong)parameter, data, (ulong)value.Length));
        }
    }

    public DuckDbStatement BindNull(int parameter) =>
        Checked(parameter, NativeMethods.BindNull(_handle, (ulong)parameter));

    /// <summary>Starts a run; its rows are made while they are read and never held whole.</summary>
    public DuckDbResult Query()
    {
        var state = NativeMethods.PendingPreparedStreaming(_handle, out var pending);
        try
        {
            if (state != 0)
                throw new DuckDbException(NativeText.Read(NativeMethods.PendingError(pending)));
            return DuckDbResult.Execute(pending);
        }
        finally
        {
            NativeMethods.DestroyPending(ref pending);
        }
    }

    /// <summary>Runs to the end; what is selected is thrown away.</summary>
    /// <returns>Rows inserted, updated, deleted or copied.</returns>
    public long Execute()
    {
        using var result = Query();
        while (result.NextChunk() is not null) { }

        return result.RowsChanged;
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Takes over a duckdb_prepared_statement, also one whose preparation failed.</summary>
    internal static DuckDbStatement Take(int state, nint statement)
    {
        var handle = new StatementHandle(statement);
        if (state == 0)
            return new DuckDbStatement(handle);
        var error = NativeText.Read(NativeMethods.PrepareError(statement));
        handle.Dispose();
        throw new DuckDbException(error);
    }

    private static readonly int UnixDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private DuckDbStatement Checked(int parameter, int state) =>
        state == 0
            ? this
            : throw new DuckDbException(
                $"Invalid Input Error: parameter {parameter} cannot be bound; there are {ParameterCount}"
            );
}
