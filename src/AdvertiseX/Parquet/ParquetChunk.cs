namespace AdvertiseX.Parquet;

/// <summary>Where one column's values of a row group lie and how they are written.</summary>
internal readonly record struct ParquetChunk
{
    public ParquetType Type { get; init; }

    /// <summary>Bit n = encoding n; 0 if one beyond 31 is named.</summary>
    public uint Encodings { get; init; }

    public int Codec { get; init; }

    public long Values { get; init; }

    public long SizeBytes { get; init; }

    /// <summary>Bytes of its pages when decompressed.</summary>
    public long PlainBytes { get; init; }

    public long DataPageOffset { get; init; }

    /// <summary>Where the dictionary page lies, before the data pages; 0 where there is none.</summary>
    public long DictionaryPageOffset { get; init; }

    public bool HasDictionary => DictionaryPageOffset > 0;

    /// <summary>Where its first page lies.</summary>
    public long StartOffset => HasDictionary ? Math.Min(DictionaryPageOffset, DataPageOffset) : DataPageOffset;

    /// <summary>The values are in another file.</summary>
    public bool IsElsewhere { get; init; }
}
