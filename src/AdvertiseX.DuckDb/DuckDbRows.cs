namespace AdvertiseX.DuckDb;

/// <summary>
/// A cursor over a result for few rows, where ease counts more than speed; no object per row. A Get method on a null
/// throws <see cref="InvalidCastException"/>; ask <see cref="IsNull"/> first or take the nullable one.
/// </summary>
internal sealed class DuckDbRows
{
    private readonly DuckDbResult _result;
    private DuckDbChunk? _chunk;
    private int _row;

    internal DuckDbRows(DuckDbResult result) => _result = result;

    public IReadOnlyList<DuckDbColumn> Columns => _result.Columns;

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Read()
    {
        if (_chunk is not null && ++_row < _chunk.RowCount)
            return true;
        _chunk = _result.NextChunk();
        _row = 0;
        return _chunk is not null;
    }

    public bool IsNull(int column) => Vector(column).IsNull(_row);

    public long GetInt64(int column) => NotNull(column).GetInt64(_row);

    public long? GetNullableInt64(int column) => IsNull(column) ? null : GetInt64(column);

    public Int128 GetInt128(int column) => NotNull(column).GetInt128(_row);

    public double GetDouble(int column) => NotNull(column).GetDouble(_row);

    public double? GetNullableDouble(int column) => IsNull(column) ? null : GetDouble(column);

    public bool GetBoolean(int column) => NotNull(column).GetBoolean(_row);

    public string GetString(int column) => NotNull(column).GetString(_row);

    public string? GetNullableString(int column) => IsNull(column) ? null : GetString(column);

    /// <summary>The bytes of a VARCHAR or BLOB, valid until <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> GetBytes(int column) => NotNull(column).GetBytes(_row);

    public DateOnly GetDate(int column) =>
        DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(NotNull(column).GetDateDays(_row));

    /// <summary>Any TIMESTAMP, taken as UTC.</summary>
    public DateTimeOffset GetTimestamp(int column) =>
        DateTimeOffset.UnixEpoch.AddTicks(NotNull(column).GetTimestampMicros(_row) * TimeSpan.TicksPerMicrosecond);

    private DuckDbVector Vector(int column) =>
        (_chunk ?? throw new InvalidOperationException("no row: Read was not called, or gave false"))[column];

    private DuckDbVector NotNull(int column)
    {
        var vector = Vector(column);
        return vector.IsNull(_row) ? throw new InvalidCastException($"column {vector.Column.Name} is null") : vector;
    }
}
