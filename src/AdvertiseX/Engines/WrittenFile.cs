namespace AdvertiseX.Engines;

/// <summary>A Parquet file that an engine wrote.</summary>
/// <param name="Path">Its address.</param>
/// <param name="Rows">Rows in it; 0 for a file that its caller need not keep.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="PartitionValue">The partition column's value as text; null without partition column, or where the value
/// is null.</param>
public sealed record WrittenFile(string Path, long Rows, long Bytes, string? PartitionValue);
