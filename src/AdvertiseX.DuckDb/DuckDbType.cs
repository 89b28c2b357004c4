namespace AdvertiseX.DuckDb;

/// <summary>The type of a column (duckdb_type of duckdb.h), with the layout of its vectors.</summary>
internal enum DuckDbType
{
    Invalid = 0,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 1,
    TinyInt = 2,
    SmallInt = 3,
    Integer = 4,
    BigInt = 5,
    UTinyInt = 6,
    USmallInt = 7,
    UInteger = 8,
    UBigInt = 9,
    Float = 10,
    Double = 11,

    /// <summary>int64, microseconds since 1970-01-01, no zone.</summary>
    Timestamp = 12,

    /// <summary>int32, days since 1970-01-01.</summary>
    Date = 13,

    /// <summary>int64, microseconds since midnight.</summary>
    Time = 14,
    Interval = 15,

    /// <summary>128 bits, low half first.</summary>
    HugeInt = 16,

    /// <summary>16 bytes a row: length, then 12 bytes of text or 4 of prefix and a pointer.</summary>
    Varchar = 17,

    /// <summary>As <see cref="Varchar"/>, any bytes.</summary>
    Blob = 18,

    /// <summary>An integer of 2, 4, 8 or 16 bytes after the width, times 10 to the minus scale.</summary>
    Decimal = 19,

    /// <summary>int64, seconds since 1970-01-01.</summary>
    TimestampSeconds = 20,

    /// <summary>int64, milliseconds since 1970-01-01.</summary>
    TimestampMillis = 21,

    /// <summary>int64, nanoseconds since 1970-01-01.</summary>
    TimestampNanos = 22,
    Enum = 23,
    List = 24,
    Struct = 25,
    Map = 26,
    Uuid = 27,
    Union = 28,
    Bit = 29,
    TimeTz = 30,

    /// <summary>TIMESTAMP WITH TIME ZONE: int64, microseconds since 1970-01-01 UTC.</summary>
    TimestampTz = 31,
    UHugeInt = 32,
    Array = 33,
    Any = 34,
    BigNum = 35,

    /// <summary>The type of a bare NULL.</summary>
    SqlNull = 36,
    StringLiteral = 37,
    IntegerLiteral = 38,
    TimeNanos = 39,
    Geometry = 40,
}
