namespace AdvertiseX.Reports;

/// <summary>How rows are shown or written.</summary>
internal enum ResultFormat
{
    /// <summary>Aligned text for people.</summary>
    Table,

    /// <summary>RFC 4180.</summary>
    Csv,

    /// <summary>One array of objects, RFC 8259.</summary>
    Json,

    /// <summary>A Parquet file, written by the engine itself.</summary>
    Parquet,
}
