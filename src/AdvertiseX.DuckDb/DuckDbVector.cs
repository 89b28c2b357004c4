using System.Runtime.CompilerServices;
using System.Text;

namespace AdvertiseX.DuckDb;

/// <summary>
/// The values of one column of a chunk, read where DuckDB keeps them. Valid as long as its chunk. A value read where
/// <see cref="IsNull"/> holds is undefined for <see cref="Values{T}"/>; the Get methods want a row that is not null.
/// </summary>
/// <remarks>
/// Invariant of the unsafe code: <c>_data</c> points at RowCount elements of <see cref="DuckDbColumn.ElementBytes"/>
/// bytes, <c>_validity</c> is null (all valid) or holds one bit a row, both alive as long as the chunk; every row is
/// checked against RowCount before an address is made of it.
/// </remarks>
internal readonly unsafe ref struct DuckDbVector
{
    private readonly byte* _data;
    private readonly ulong* _validity;

    internal DuckDbVector(void* data, ulong* validity, int rowCount, DuckDbColumn column)
    {
        _data = (byte*)data;
        _validity = validity;
        RowCount = rowCount;
        Column = column;
    }

    public int RowCount { get; }

    public DuckDbColumn Column { get; }

    /// <summary>True if no row of the vector is null for certain.</summary>
    public bool HasNoNulls => _validity is null && Column.Type != DuckDbType.SqlNull;

    /// <summary>One bit a row, lowest first, set where the row is not null; empty if
    /// <see cref="HasNoNulls"/>.</summary>
    public ReadOnlySpan<ulong> Validity => new(_validity, _validity is null ? 0 : (RowCount + 63) / 64);

    public bool IsNull(int row)
    {
        Check(row);
        if (Column.Type == DuckDbType.SqlNull)
            return true;
        return _validity is not null && (_validity[row >> 6] & (1ul << (row & 63))) == 0;
    }

    /// <summary>The values as they lie in memory; <typeparamref name="T"/> must have the size of the type's
    /// element.</summary>
    /// <exception cref="InvalidOperationException">The size differs, or the type is not readable.</exception>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged =>
        sizeof(T) == Column.ElementBytes
            ? new ReadOnlySpan<T>(_data, RowCount)
            : throw new InvalidOperationException(
                $"column {Column.Name} of type {Column.Type} does not hold {typeof(T).Name}"
            );

    /// <summary>The bytes of a VARCHAR (UTF-8) or BLOB, in DuckDB's memory.</summary>
    public ReadOnlySpan<byte> GetBytes(int row)
    {
        Check(row);
        if (Column.Type is not (DuckDbType.Varchar or DuckDbType.Blob))
            throw Mismatch("text");
        var element = _data + ((long)row * 16);
        var length = *(uint*)element;
        // Up to 12 bytes lie in the element itself; longer text is behind the pointer in its second half.
        return new ReadOnlySpan<byte>(length <= 12 ? element + 4 : *(byte**)(element + 8), checked((int)length));
    }

    public string GetString(int row) => Encoding.UTF8.GetString(GetBytes(row));

    public bool GetBoolean(int row)
    {
        Check(row);
        return Column.Type == DuckDbType.Boolean ? _data[row] != 0 : throw Mismatch("a boolean");
    }

    /// <summary>Any integer type, or the stored number of a DATE (days), TIME or TIMESTAMP (its own unit).</summary>
    /// <exception cref="OverflowException">The value is not an int64.</exception>
    public long GetInt64(int row)
    {
        Check(row);
        return Column.Type switch
        {
            DuckDbType.BigInt
            or DuckDbType.Timestamp
            or DuckDbType.TimestampTz
            or DuckDbType.Time
            or DuckDbType.TimestampSeconds
            or DuckDbType.TimestampMillis
            or DuckDbType.TimestampNanos => ((long*)_data)[row],
            DuckDbType.Integer or DuckDbType.Date => ((int*)_data)[row],
            DuckDbType.TinyInt => ((sbyte*)_data)[row],
            DuckDbType.UTinyInt => _data[row],
            DuckDbType.SmallInt => ((short*)_data)[row],
            DuckDbType.USmallInt => ((ushort*)_data)[row],
            DuckDbType.UInteger => ((uint*)_data)[row],
            DuckDbType.UBigInt => checked((long)((ulong*)_data)[row]),
            DuckDbType.HugeInt => checked((long)Unsafe.ReadUnaligned<Int128>(_data + ((long)row * 16))),
            DuckDbType.UHugeInt => checked((long)Unsafe.ReadUnaligned<UInt128>(_data + ((long)row * 16))),
            _ => throw Mismatch("an integer"),
        };
    }

    /// <summary>Any integer type, or a DECIMAL's value times 10 to its scale.</summary>
    /// <exception cref="OverflowException">A UHUGEINT beyond 2^127 - 1.</exception>
    public Int128 GetInt128(int row)
    {
        Check(row);
        return Column.Type switch
        {
            DuckDbType.HugeInt => Unsafe.ReadUnaligned<Int128>(_data + ((long)row * 16)),
            DuckDbType.UHugeInt => checked((Int128)Unsafe.ReadUnaligned<UInt128>(_data + ((long)row * 16))),
            DuckDbType.UBigInt => ((ulong*)_data)[row],
            DuckDbType.Decimal => Column.ElementBytes switch
            {
                2 => ((short*)_data)[row],
                4 => ((int*)_data)[row],
                8 => ((long*)_data)[row],
                _ => Unsafe.ReadUnaligned<Int128>(_data + ((long)row * 16)),
            },
            _ => GetInt64(row),
        };
    }

    /// <summary>A UHUGEINT.</summary>
    public UInt128 GetUInt128(int row)
    {
        Check(row);
        return Column.Type == DuckDbType.UHugeInt
            ? Unsafe.ReadUnaligned<UInt128>(_data + ((long)row * 16))
            : throw Mismatch("a UHUGEINT");
    }

    /// <summary>A FLOAT or DOUBLE, or any integer or DECIMAL rounded to the nearest double.</summary>
    public double GetDouble(int row)
    {
        Check(row);
        return Column.Type switch
        {
            DuckDbType.Double => ((double*)_data)[row],
            DuckDbType.Float => ((float*)_data)[row],
            DuckDbType.Decimal => (double)GetInt128(row) / Math.Pow(10, Column.Scale),
            _ => (double)GetInt128(row),
        };
    }

    /// <summary>Days since 1970-01-01 of a DATE; int.MaxValue and -int.MaxValue are infinity.</summary>
    public int GetDateDays(int row)
    {
        Check(row);
        return Column.Type == DuckDbType.Date ? ((int*)_data)[row] : throw Mismatch("a date");
    }

    /// <summary>
    /// Microseconds since 1970-01-01 of any TIMESTAMP type, nanoseconds rounded down; long.MaxValue and -long.MaxValue
    /// are infinity.
    /// </summary>
    /// <exception cref="OverflowException">Seconds or milliseconds too large for microseconds.</exception>
    public long GetTimestampMicros(int row)
    {
        var value = GetInt64(row);
        if (value is long.MaxValue or -long.MaxValue)
            return value;
        return Column.Type switch
        {
            DuckDbType.Timestamp or DuckDbType.TimestampTz => value,
            DuckDbType.TimestampSeconds => checked(value * 1_000_000),
            DuckDbType.TimestampMillis => checked(value * 1_000),
            DuckDbType.TimestampNanos => (long)Math.Floor((decimal)value / 1_000),
            _ => throw Mismatch("a timestamp"),
        };
    }

    private void Check(int row) =>
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount, nameof(row));

    private InvalidOperationException Mismatch(string wanted) =>
        new($"column {Column.Name} of type {Column.Type} is not {wanted}; cast it in SQL");
}
