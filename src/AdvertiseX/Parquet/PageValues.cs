namespace AdvertiseX.Parquet;

/// <summary>A data page, decompressed, its levels decoded. 64 bytes past its values are readable.</summary>
internal readonly unsafe struct PageValues(
    int rows,
    int count,
    byte* valid,
    ParquetEncoding encoding,
    byte* bytes,
    int length
)
{
    /// <summary>Rows of the page.</summary>
    public int Rows { get; } = rows;

    /// <summary>Rows that have a value.</summary>
    public int Count { get; } = count;

    /// <summary>One byte a row; null when all have a value.</summary>
    public byte* Valid { get; } = valid;

    public ParquetEncoding Encoding { get; } = encoding;

    /// <summary>The values.</summary>
    public byte* Bytes { get; } = bytes;

    /// <summary>Bytes of the values.</summary>
    public int Length { get; } = length;

    /// <summary>Values of the page's first rows.</summary>
    public int CountBefore(int row)
    {
        if (Valid == null)
            return row;
        var found = 0;
        for (var i = 0; i < row; i++)
            found += Valid[i];
        return found;
    }
}
