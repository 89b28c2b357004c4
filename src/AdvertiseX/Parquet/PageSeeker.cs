using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>Finds the page of a required column that holds a row of the file, for rows in ascending order: headers are
/// stepped over, only wanted pages are read. For one thread.</summary>
internal sealed unsafe class PageSeeker(RangeInput file, ParquetFooter footer, int column) : IDisposable
{
    private NativeBuffer? _page;
    private int _group = -1;
    private long _groupEnd;
    private long _nextRow;
    private long _nextOffset;

    /// <summary>The page's first row in the file.</summary>
    public long FirstRow { get; private set; }

    /// <summary>The page; valid until the next one is sought.</summary>
    public PageValues Page { get; private set; }

    /// <summary>Holds the numbers that the page's values are decoded to.</summary>
    public DecodeScratch Scratch { get; } = new();

    /// <summary>Whether the page at hand holds a row.</summary>
    public bool Holds(long row) => row >= FirstRow && row - FirstRow < Page.Rows;

    /// <summary>Reads the page with a row behind the page at hand; false when there is none, or the file has another
    /// layout or is damaged.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool Seek(long row)
    {
        if (row < _nextRow)
            return false;
        while (row >= _groupEnd)
        {
            if (++_group == footer.RowGroups.Count)
                return false;
            _nextRow = _groupEnd;
            _groupEnd += footer.RowGroups[_group].Rows;
            _nextOffset = footer.RowGroups[_group].Chunks[column].DataPageOffset;
        }

        var chunk = footer.RowGroups[_group].Chunks[column];
        if (chunk.HasDictionary || chunk.IsElsewhere)
            return false;
        Span<byte> header = stackalloc byte[PageHeader.MaxBytes];
        while (_nextRow < _groupEnd)
        {
            if (!PageHeader.TryRead(header[..file.Read(header, _nextOffset)], out var page) || !page.HoldsValuesOnly)
                return false;
            (FirstRow, var offset) = (_nextRow, _nextOffset);
            _nextRow += page.Values;
            _nextOffset += (long)page.HeaderBytes + page.BodyBytes;
            if (_nextRow > row)
                return Open(offset, page.HeaderBytes + (long)page.BodyBytes, (ParquetCodec)chunk.Codec);
        }

        return false;
    }

    public void Dispose()
    {
        _page?.Dispose();
        _page = null;
        Scratch.Dispose();
    }

    private bool Open(long offset, long length, ParquetCodec codec)
    {
        if (length > PageReader.MaxPageBytes || length > file.Length - offset)
            return false;
        if (_page == null || _page.Length < length)
        {
            _page?.Dispose();
            _page = null;
            _page = NativePool.Rent(length);
        }

        if (!file.Fill(new Span<byte>(_page.Pointer, (int)length), offset))
            return false;
        var reader = new PageReader(_page.Pointer, (int)length, codec, Scratch);
        if (!reader.MoveNext() || !reader.OpenData(isOptional: false, out var page))
            return false;
        Page = page;
        return true;
    }
}
