using System.IO.Hashing;

namespace AdvertiseX.Parquet;

/// <summary>
/// Walks over the pages of a chunk of our own writer that lies in memory, and opens those that are wanted. After
/// <see cref="Fault"/> is set nothing more is read. 64 bytes past the chunk must be readable.
/// </summary>
internal unsafe ref struct PageReader(byte* chunk, int length, ParquetCodec codec, DecodeScratch scratch)
{
    /// <summary>Bytes of a page at most, when decompressed.</summary>
    public const int MaxPageBytes = 1 << 30;

    private int _at;
    private int _next;
    private PageHeader _header;

    /// <summary>The page that <see cref="MoveNext"/> found.</summary>
    public readonly PageHeader Header => _header;

    /// <summary>Pages found so far.</summary>
    public int Pages { get; private set; }

    public ParquetReadResult Fault { get; private set; } = ParquetReadResult.Ok;

    /// <summary>Bytes before the next page.</summary>
    public readonly int Position => _next;

    /// <summary>Reads the next page's header; false at the chunk's end and after a fault.</summary>
    public bool MoveNext()
    {
        if (!Fault.IsOk || _next == length)
            return false;
        var bytes = new ReadOnlySpan<byte>(chunk + _next, Math.Min(length - _next, PageHeader.MaxBytes));
        Pages++;
        if (!PageHeader.TryRead(bytes, out _header))
            return Fail("the header is none");
        _at = _next + _header.HeaderBytes;
        if (_header.BodyBytes > length - _at)
            return Fail("it is longer than its chunk");
        _next = _at + _header.BodyBytes;
        return true;
    }

    /// <summary>Checks and decompresses a dictionary page; its bytes are valid until the next page is opened.</summary>
    public bool OpenDictionary(out byte* bytes, out int count)
    {
        bytes = null;
        count = _header.Values;
        if (_header.Type != ParquetPageType.DictionaryPage || _header.Encoding != ParquetEncoding.Plain)
            return FailLayout("no plain dictionary");
        return IsWhole() && Unpack(levelBytes: 0, codec == ParquetCodec.Zstd, out bytes);
    }

    /// <summary>Checks, decompresses and decodes the levels of a data page, which is valid until the next page is
    /// opened. <see cref="PageValues.Count"/> may be 0.</summary>
    /// <param name="isOptional">The column has levels.</param>
    public bool OpenData(bool isOptional, out PageValues page)
    {
        page = default;
        var rows = _header.Values;
        if (_header.Type != ParquetPageType.DataPageV2 || _header.RepetitionBytes != 0)
            return FailLayout("no data page of version 2 of a flat column");
        if (rows is <= 0 or > PageHeader.MaxRows || _header.LevelBytes < 0)
            return Fail("its header says so many rows or bytes");
        if (!IsWhole())
            return false;
        scratch.Reserve(rows);
        var count = rows;
        if (isOptional != _header.LevelBytes > 0 || _header.LevelBytes > _header.BodyBytes)
            return Fail("its levels are missing or too many");
        if (isOptional && !DefinitionLevels.TryDecode(chunk + _at, _header.LevelBytes, rows, scratch.Valid, out count))
            return Fail("its levels are none");
        if (_header.Nulls != rows - count)
            return Fail($"it is said to have {_header.Nulls} nulls and has {rows - count}");
        if (!Unpack(_header.LevelBytes, _header.IsCompressed, out var values))
            return false;
        var valid = count == rows ? null : scratch.Valid;
        page = new(rows, count, valid, _header.Encoding, values, _header.PlainBytes - _header.LevelBytes);
        return true;
    }

    /// <summary>Notes that the page does not hold what it should; false, for the caller to return.</summary>
    public bool Fail(string what)
    {
        Fault = ParquetReadResult.Damaged($"page {Pages - 1}: {what}");
        return false;
    }

    /// <summary>Notes that the page is of another layout; false, for the caller to return.</summary>
    public bool FailLayout(string what)
    {
        Fault = ParquetReadResult.OtherLayout($"page {Pages - 1}: {what}");
        return false;
    }

    private bool IsWhole()
    {
        if (_header.Crc is not { } crc)
            return FailLayout("no checksum");
        var body = new ReadOnlySpan<byte>(chunk + _at, _header.BodyBytes);
        return Crc32.HashToUInt32(body) == crc || Fail("its checksum does not hold");
    }

    private bool Unpack(int levelBytes, bool isCompressed, out byte* plain)
    {
        plain = chunk + _at + levelBytes;
        int stored = _header.BodyBytes - levelBytes,
            size = _header.PlainBytes - levelBytes;
        if (size is < 0 or > MaxPageBytes)
            return Fail($"it is said to have {size} bytes when decompressed");
        if (!isCompressed)
            return stored == size || Fail("it is not compressed, and not as long as its header says");
        if (codec != ParquetCodec.Zstd)
            return FailLayout($"codec {(int)codec}");
        var source = new ReadOnlySpan<byte>(plain, stored);
        plain = scratch.Plain(size);
        return PageDecompressor.TryUnpack(codec, source, new Span<byte>(plain, size)) || Fail("it does not decompress");
    }
}
