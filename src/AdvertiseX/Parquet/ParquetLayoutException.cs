namespace AdvertiseX.Parquet;

/// <summary>A Parquet file is damaged, or laid out in a way that <see cref="NestedColumnReader"/> does not know; which
/// of the two, a complete reader can tell.</summary>
internal sealed class ParquetLayoutException(string message) : Exception(message);
