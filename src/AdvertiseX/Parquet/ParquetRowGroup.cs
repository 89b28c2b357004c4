namespace AdvertiseX.Parquet;

/// <summary>A run of rows of a file.</summary>
internal sealed class ParquetRowGroup
{
    internal ParquetRowGroup(long rows, IReadOnlyList<ParquetChunk> chunks)
    {
        Rows = rows;
        Chunks = chunks;
    }

    public long Rows { get; }

    /// <summary>Bytes of its pages in the file.</summary>
    public long SizeBytes => Chunks.Sum(c => c.SizeBytes);

    internal IReadOnlyList<ParquetChunk> Chunks { get; }
}
