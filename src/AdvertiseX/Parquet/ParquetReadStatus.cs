namespace AdvertiseX.Parquet;

/// <summary>How reading a file into a batch ended.</summary>
internal enum ParquetReadStatus
{
    Ok,

    /// <summary>Another program, or another version of this one, wrote the file: its rows may be right, but have to be
    /// read another way.</summary>
    OtherLayout,

    /// <summary>The file is ours and does not hold what was written.</summary>
    Damaged,
}
