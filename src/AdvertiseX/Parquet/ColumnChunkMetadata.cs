namespace AdvertiseX.Parquet;

/// <summary>What the footer says of one column in one row group.</summary>
internal sealed class ColumnChunkMetadata
{
    public ParquetCodec Codec { get; set; }

    public long Rows { get; set; }

    public long Nulls { get; set; }

    /// <summary>Bytes of its pages with their headers, if nothing were compressed.</summary>
    public long UncompressedBytes { get; set; }

    public long CompressedBytes { get; set; }

    public long DataPageOffset { get; set; }

    /// <summary>0 without a dictionary page.</summary>
    public long DictionaryPageOffset { get; set; }

    /// <summary>Encodings of data pages; bit n = encoding n.</summary>
    public int DataEncodings { get; set; }

    public ValueBounds Bounds { get; set; }

    public long StartOffset => DictionaryPageOffset != 0 ? DictionaryPageOffset : DataPageOffset;
}
