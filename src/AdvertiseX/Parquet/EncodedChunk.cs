namespace AdvertiseX.Parquet;

/// <summary>One column of a row group, encoded and waiting for its place in the file.</summary>
internal sealed unsafe class EncodedChunk(long expectedBytes) : IDisposable
{
    private long _dataBytes;

    /// <summary>The data pages and, once they are all there, the dictionary page behind them.</summary>
    public EncodeBuffer Pages { get; } = new(expectedBytes);

    public ColumnChunkMetadata Metadata { get; } = new();

    /// <summary>No data page comes any more; what is appended now is the dictionary page.</summary>
    public void EndData() => _dataBytes = Pages.Length;

    /// <summary>Writes the dictionary page, then the data pages, and notes where they begin.</summary>
    public void WriteTo(FileSink file)
    {
        var dictionaryBytes = Pages.Length - _dataBytes;
        if (dictionaryBytes > 0)
            Metadata.DictionaryPageOffset = file.Position;
        file.Write(Pages.Bytes + _dataBytes, dictionaryBytes);
        Metadata.DataPageOffset = file.Position;
        file.Write(Pages.Bytes, _dataBytes);
        Metadata.CompressedBytes = Pages.Length;
        Metadata.UncompressedBytes += Pages.Length;
    }

    public void Dispose() => Pages.Dispose();
}
