namespace AdvertiseX.Columns;

/// <summary>Physical type of a column. The Delta and Parquet types that follow are in the comments.</summary>
internal enum ColumnType
{
    /// <summary>64-bit signed integer (Delta <c>long</c>, Parquet INT64).</summary>
    Int64,

    /// <summary>32-bit signed integer (Delta <c>integer</c>, Parquet INT32).</summary>
    Int32,

    /// <summary>Delta <c>boolean</c>, Parquet BOOLEAN.</summary>
    Boolean,

    /// <summary>Microseconds since 1970-01-01T00:00:00Z (Delta <c>timestamp</c>, Parquet INT64 TIMESTAMP(MICROS,
    /// UTC)).</summary>
    Timestamp,

    /// <summary>Days since 1970-01-01 (Delta <c>date</c>, Parquet INT32 DATE).</summary>
    Date,

    /// <summary>UTF-8 with many different values (Delta <c>string</c>, Parquet BYTE_ARRAY STRING).</summary>
    Text,

    /// <summary>UTF-8 with few different values: codes into a dictionary (Delta <c>string</c>).</summary>
    Dictionary,

    /// <summary>Bytes (Delta <c>binary</c>, Parquet BYTE_ARRAY).</summary>
    Binary,
}
