namespace AdvertiseX.Parquet;

/// <summary>Numbers of the format (parquet.thrift of apache/parquet-format 2.11).</summary>
internal enum ParquetType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Double = 5,
    ByteArray = 6,
}

internal enum ParquetEncoding
{
    Plain = 0,
    PlainDictionary = 2,
    Rle = 3,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    RleDictionary = 8,
}

internal enum ParquetCodec
{
    Uncompressed = 0,
    Snappy = 1,
    Zstd = 6,
}

internal enum ParquetPageType
{
    DataPage = 0,
    DictionaryPage = 2,
    DataPageV2 = 3,
}
