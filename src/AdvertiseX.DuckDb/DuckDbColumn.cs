using AdvertiseX.DuckDb.Native;

namespace AdvertiseX.DuckDb;

/// <summary>Name and type of a result column.</summary>
/// <param name="Name">As DuckDB names it; names may repeat.</param>
/// <param name="Type">The type.</param>
/// <param name="Width">Digits of a DECIMAL, 1 to 38; 0 for other types.</param>
/// <param name="Scale">Digits behind the point of a DECIMAL; 0 for other types.</param>
/// <param name="IsJson">The type is JSON: VARCHAR whose text is valid JSON.</param>
internal readonly record struct DuckDbColumn(
    string Name,
    DuckDbType Type,
    byte Width = 0,
    byte Scale = 0,
    bool IsJson = false
)
{
    /// <summary>Whether <see cref="DuckDbVector"/> reads the type; what it does not read is to be cast to VARCHAR in
    /// SQL.</summary>
    public bool IsReadable => ElementBytes > 0;

    /// <summary>Bytes of one row in a vector; 0 for types that are not read.</summary>
    internal int ElementBytes =>
        Type switch
        {
            DuckDbType.Boolean or DuckDbType.TinyInt or DuckDbType.UTinyInt => 1,
            DuckDbType.SmallInt or DuckDbType.USmallInt => 2,
            DuckDbType.Integer or DuckDbType.UInteger or DuckDbType.Float or DuckDbType.Date or DuckDbType.SqlNull => 4,
            DuckDbType.BigInt
            or DuckDbType.UBigInt
            or DuckDbType.Double
            or DuckDbType.Time
            or DuckDbType.Timestamp
            or DuckDbType.TimestampSeconds
            or DuckDbType.TimestampMillis
            or DuckDbType.TimestampNanos
            or DuckDbType.TimestampTz => 8,
            DuckDbType.HugeInt or DuckDbType.UHugeInt or DuckDbType.Varchar or DuckDbType.Blob => 16,
            DuckDbType.Decimal => Width switch
            {
                <= 4 => 2,
                <= 9 => 4,
                <= 18 => 8,
                _ => 16,
            },
            _ => 0,
        };

    /// <summary>Takes over <paramref name="logicalType"/>, which may be 0 (a parameter's type not known yet).</summary>
    internal static unsafe DuckDbColumn From(string name, nint logicalType)
    {
        if (logicalType == 0)
            return new DuckDbColumn(name, DuckDbType.Invalid);
        var type = NativeMethods.TypeId(logicalType);
        var isDecimal = type == DuckDbType.Decimal;
        var column = new DuckDbColumn(
            name,
            type,
            isDecimal ? NativeMethods.DecimalWidth(logicalType) : (byte)0,
            isDecimal ? NativeMethods.DecimalScale(logicalType) : (byte)0,
            type == DuckDbType.Varchar && NativeText.Take(NativeMethods.TypeAlias(logicalType)) == "JSON"
        );
        NativeMethods.DestroyLogicalType(ref logicalType);
        return column;
    }
}
