using System.Buffers.Binary;

namespace AdvertiseX.Parquet;

/// <summary>
/// Reads one column of nested rows, of any writer, entry by entry: PLAIN and dictionary pages of both versions,
/// uncompressed, snappy or zstd, at most one level of repetition. For one thread; dispose it to give memory back.
/// </summary>
internal sealed class NestedColumnReader : IDisposable
{
    private readonly byte[] _file;
    private readonly ParquetFooterColumn _column;
    private readonly Queue<ParquetChunk> _chunks;
    private readonly DecodeScratch _scratch = new();
    private readonly PlainValues _values = new();
    private readonly PlainValues _dictionary = new();
    private ParquetChunk _chunk;
    private long _leftInChunk;
    private int _next;
    private int[] _definitions = [];
    private int[] _repetitions = [];
    private int[] _codes = [];
    private bool _isCoded;
    private int _entries;
    private int _entry = -1;
    private int _value = -1;

    private NestedColumnReader(byte[] file, ParquetFooterColumn column, IEnumerable<ParquetChunk> chunks)
    {
        _file = file;
        _column = column;
        _chunks = new(chunks);
    }

    /// <summary>Definition level of the entry.</summary>
    public int Definition => _column.MaxDefinition == 0 ? 0 : _definitions[_entry];

    /// <summary>Definition level of entries that have a value.</summary>
    public int MaxDefinition => _column.MaxDefinition;

    /// <summary>Whether the entry is its row's first.</summary>
    public bool BeginsRow => _column.MaxRepetition == 0 || _repetitions[_entry] == 0;

    public bool HasValue => Definition == _column.MaxDefinition;

    /// <summary>The entry's text; valid until the next call of <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Text => _isCoded ? _dictionary.Text(Code) : _values.Text(_value);

    /// <summary>The entry's number.</summary>
    public long Number => _isCoded ? _dictionary.Number(Code) : _values.Number(_value);

    private int Code => _codes[_value];

    /// <summary>A reader of a column; null when the file has no such column.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="footer">Its metadata.</param>
    /// <param name="path">The column's path, its parts joined by dots.</param>
    /// <exception cref="ParquetLayoutException">The column is of no known layout.</exception>
    public static NestedColumnReader? Open(byte[] file, ParquetFooter footer, string path)
    {
        var ordinal = footer.Columns.ToList().IndexOf(path);
        if (ordinal < 0)
            return null;
        var column = footer.Leaves[ordinal];
        var chunks = footer.RowGroups.Select(group => group.Chunks[ordinal]).ToList();
        if (column.MaxRepetition > 1 || chunks.Exists(chunk => chunk.IsElsewhere))
            throw new ParquetLayoutException($"the column {path} is nested deeper than is read here");
        return new(file, column, chunks);
    }

    /// <summary>Goes on to the next entry; false after the last.</summary>
    /// <exception cref="ParquetLayoutException">A page is of no known layout, or damaged.</exception>
    public bool Next()
    {
        if (++_entry >= _entries)
        {
            do
            {
                if (!NextPage())
                    return false;
            } while (_entries == 0);
            _entry = 0;
        }
        if (HasValue)
            _value++;
        return true;
    }

    /// <summary>
    /// Takes the page after the entry, which must be its page's last, as it is, if it is one of texts without
    /// repetition, PLAIN and of version 1; null otherwise, and at the end.
    /// </summary>
    public StoredTexts? TakePage()
    {
        if (
            _entry + 1 < _entries
            || _column is not { Type: ParquetType.ByteArray, MaxRepetition: 0, MaxDefinition: > 0 }
        )
            return null;
        if (_leftInChunk == 0 && !NextChunk())
            return null;
        var page = HeaderAt(_next);
        if (page is not { Type: ParquetPageType.DataPage, Encoding: ParquetEncoding.Plain })
            return null;
        var stored = BodyOf(page).ToArray();
        _leftInChunk -= page.Values;
        (_entries, _entry) = (0, -1);
        return new(stored, PageDecompressor.CodecOf(_chunk.Codec), page.PlainBytes, page.Values, _column.MaxDefinition);
    }

    public void Dispose() => _scratch.Dispose();

    private bool NextChunk()
    {
        do
        {
            if (!_chunks.TryDequeue(out _chunk))
                return false;
            _leftInChunk = _chunk.Values;
        } while (_leftInChunk == 0);
        _next = checked((int)(_chunk.HasDictionary ? _chunk.DictionaryPageOffset : _chunk.DataPageOffset));
        return true;
    }

    private bool NextPage()
    {
        if (_leftInChunk <= 0 && !NextChunk())
        {
            (_entries, _entry) = (0, 0);
            return false;
        }
        var page = HeaderAt(_next);
        var stored = BodyOf(page);
        (_entries, _value) = (0, -1);
        switch (page.Type)
        {
            case ParquetPageType.DictionaryPage:
                _dictionary.Read(Unpacked(page, stored, 0), _column.Type, page.Values);
                break;
            case ParquetPageType.DataPage:
                ReadVersion1(page, stored);
                break;
            case ParquetPageType.DataPageV2:
                ReadVersion2(page, stored);
                break;
        }
        return true;
    }

    /// <exception cref="ParquetLayoutException">There is no page at that offset.</exception>
    private PageHeader HeaderAt(int at)
    {
        if ((uint)at >= (uint)_file.Length)
            throw new ParquetLayoutException("a page lies outside of the file");
        var isHeader =
            PageHeader.TryRead(_file.AsSpan(at), out var page)
            && page is { PlainBytes: >= 0 and <= PageReader.MaxPageBytes, Values: >= 0 and <= PageReader.MaxPageBytes }
            && page is { LevelBytes: >= 0, RepetitionBytes: >= 0 }
            && page.BodyBytes <= _file.Length - at - page.HeaderBytes;
        return isHeader ? page : throw new ParquetLayoutException("a page's header is damaged");
    }

    /// <summary>The bytes of the next page after its header, as they lie in the file; the page after it is then the
    /// next.</summary>
    private ReadOnlySpan<byte> BodyOf(PageHeader page)
    {
        var body = _file.AsSpan(_next + page.HeaderBytes, page.BodyBytes);
        _next += page.HeaderBytes + page.BodyBytes;
        return body;
    }

    private void ReadVersion1(PageHeader page, ReadOnlySpan<byte> stored)
    {
        Begin(page);
        var body = Unpacked(page, stored, 0);
        if (_column.MaxRepetition > 0)
            RleHybrid.Read(
                Prefixed(ref body),
                RleHybrid.WidthOf(_column.MaxRepetition),
                _repetitions.AsSpan(0, _entries)
            );
        if (_column.MaxDefinition > 0)
            RleHybrid.Read(
                Prefixed(ref body),
                RleHybrid.WidthOf(_column.MaxDefinition),
                _definitions.AsSpan(0, _entries)
            );
        ReadValues(page, body);
    }

    private void ReadVersion2(PageHeader page, ReadOnlySpan<byte> stored)
    {
        Begin(page);
        var levels = (long)page.RepetitionBytes + page.LevelBytes;
        if (levels > page.BodyBytes || levels > page.PlainBytes)
            throw new ParquetLayoutException("a page's levels are longer than the page");
        if (_column.MaxRepetition > 0)
            RleHybrid.Read(
                stored[..page.RepetitionBytes],
                RleHybrid.WidthOf(_column.MaxRepetition),
                _repetitions.AsSpan(0, _entries)
            );
        if (_column.MaxDefinition > 0)
            RleHybrid.Read(
                stored.Slice(page.RepetitionBytes, page.LevelBytes),
                RleHybrid.WidthOf(_column.MaxDefinition),
                _definitions.AsSpan(0, _entries)
            );
        ReadValues(page, Unpacked(page, stored, (int)levels));
    }

    private void Begin(PageHeader page)
    {
        if (page.Values > _leftInChunk)
            throw new ParquetLayoutException("a page has more entries than its column");
        _leftInChunk -= page.Values;
        _entries = page.Values;
        if (_definitions.Length >= _entries)
            return;
        _definitions = new int[_entries];
        _repetitions = new int[_entries];
    }

    private void ReadValues(PageHeader page, ReadOnlySpan<byte> body)
    {
        var count = _entries;
        if (_column.MaxDefinition > 0)
            count = _definitions.AsSpan(0, _entries).Count(_column.MaxDefinition);
        _isCoded = page.Encoding is ParquetEncoding.PlainDictionary or ParquetEncoding.RleDictionary;
        if (page.Encoding == ParquetEncoding.Plain)
            _values.Read(body, _column.Type, count);
        else if (_isCoded)
            ReadCodes(body, count);
        else if (page is { Encoding: ParquetEncoding.Rle } && _column.Type == ParquetType.Boolean && count > 0)
            ReadBits(body, count);
        else if (count > 0)
            throw new ParquetLayoutException($"the encoding {page.Encoding} is not read here");
    }

    private void ReadCodes(ReadOnlySpan<byte> body, int count)
    {
        if (_codes.Length < count)
            _codes = new int[count];
        if (count == 0)
            return;
        if (body.IsEmpty)
            throw new ParquetLayoutException("a page has no codes");
        var codes = _codes.AsSpan(0, count);
        RleHybrid.Read(body[1..], body[0], codes);
        foreach (var code in codes)
        {
            if ((uint)code >= (uint)_dictionary.Count)
                throw new ParquetLayoutException("a code is not in its dictionary");
        }
    }

    private void ReadBits(ReadOnlySpan<byte> body, int count)
    {
        var bits = new int[count];
        RleHybrid.Read(Prefixed(ref body), 1, bits);
        _values.Set(bits);
    }

    /// <summary>The bytes of a page from an offset on, decompressed; valid until the next call.</summary>
    private ReadOnlySpan<byte> Unpacked(PageHeader page, ReadOnlySpan<byte> stored, int from)
    {
        var codec = page.IsCompressed ? PageDecompressor.CodecOf(_chunk.Codec) : ParquetCodec.Uncompressed;
        return PageDecompressor.Unpack(codec, stored[from..], page.PlainBytes - from, _scratch);
    }

    private static ReadOnlySpan<byte> Prefixed(ref ReadOnlySpan<byte> body)
    {
        if (
            body.Length < sizeof(int)
            || BinaryPrimitives.ReadInt32LittleEndian(body) is var bytes
                && (bytes < 0 || bytes > body.Length - sizeof(int))
        )
            throw new ParquetLayoutException("a page's levels are longer than the page");
        var levels = body.Slice(sizeof(int), bytes);
        body = body[(sizeof(int) + bytes)..];
        return levels;
    }
}
