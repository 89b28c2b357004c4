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

    public long DataPageOffset { get; init; }

    public bool HasDictionary { get; init; }

    /// <summary>The values are in another file.</summary>
    public bool IsElsewhere { get; init; }
}
