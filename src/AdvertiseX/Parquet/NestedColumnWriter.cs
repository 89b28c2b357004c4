using System.Buffers.Binary;
using System.IO.Hashing;
using AdvertiseX.Compression;

namespace AdvertiseX.Parquet;

/// <summary>
/// Takes the entries of one column of nested rows and makes data pages (version 1) of them: repetition levels,
/// definition levels, PLAIN values. Values are entries of the highest definition level. Not thread-safe.
/// </summary>
internal sealed unsafe class NestedColumnWriter(
    NestedField field,
    IReadOnlyList<string> path,
    int definition,
    int repetition
) : IDisposable
{
    /// <summary>A page ends with the row that makes its values so long: small enough to be read for one row.</summary>
    private const int PageBytes = 128 << 10;
    private const int PageEntries = 20_000;

    /// <summary>A column whose first page is shorter is not compressed: nothing would be saved.</summary>
    private const int SmallestCompressed = 256;

    /// <summary>RleHybrid pads the last group of eight in place.</summary>
    private const int LevelPadding = 8;
    private const int ZstdLevel = 1;

    private readonly EncodeBuffer _values = new();
    private readonly EncodeBuffer _body = new();
    private readonly EncodeBuffer _packed = new();
    private int[] _definitions = new int[64];
    private int[] _repetitions = new int[64];
    private int _entries;
    private int _bits;

    public NestedField Field { get; } = field;

    public IReadOnlyList<string> Path { get; } = path;

    /// <summary>Definition level of an entry with a value.</summary>
    public int MaxDefinition { get; } = definition;

    /// <summary>The pages so far, with their headers.</summary>
    public EncodeBuffer Pages { get; } = new();

    /// <summary>Entries of all pages.</summary>
    public long Entries { get; private set; }

    /// <summary>Bytes of all pages if none were compressed.</summary>
    public long PlainBytes { get; private set; }

    /// <summary>The codec of all pages; decided with the first.</summary>
    public ParquetCodec? Codec { get; private set; }

    /// <summary>An entry without a value: null, or an empty or absent group.</summary>
    /// <param name="level">How many of the groups above it are there.</param>
    public void AddAbsent(int level) => AddLevels(level, 0);

    /// <param name="continues">The value follows one of the same row.</param>
    public void Add(ReadOnlySpan<byte> text, bool continues = false)
    {
        AddLevels(MaxDefinition, continues ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(new(_values.Reserve(sizeof(int)), sizeof(int)), text.Length);
        _values.Advance(sizeof(int));
        _values.Append(text);
    }

    /// <summary>A number of the column's type; of a DOUBLE its bits.</summary>
    public void Add(long number)
    {
        AddLevels(MaxDefinition, 0);
        if (Field.Type == ParquetType.Boolean)
        {
            AddBit(number != 0);
            return;
        }
        var width = Field.Type == ParquetType.Int32 ? sizeof(int) : sizeof(long);
        BinaryPrimitives.WriteInt64LittleEndian(new(_values.Reserve(sizeof(long)), sizeof(long)), number);
        _values.Advance(width);
    }

    /// <summary>An entry of a repeated group that is there and has no value.</summary>
    public void AddNull(bool continues) => AddLevels(MaxDefinition - 1, continues ? 1 : 0);

    /// <summary>Ends a row, and with it the page if it is full.</summary>
    public void EndRow()
    {
        if (_values.Length >= PageBytes || _entries >= PageEntries)
            EndPage();
    }

    /// <summary>Ends the page begun, if there is one.</summary>
    public void EndPage()
    {
        if (_entries == 0)
            return;
        _body.Clear();
        if (repetition > 0)
            AppendLevels(_repetitions, repetition);
        if (MaxDefinition > 0)
            AppendLevels(_definitions, MaxDefinition);
        _body.Append(_values.Bytes, _values.Length);
        Codec ??= _body.Length < SmallestCompressed ? ParquetCodec.Uncompressed : ParquetCodec.Zstd;
        WritePage(Codec == ParquetCodec.Zstd ? Compressed() : _body);
        Entries += _entries;
        _entries = _bits = 0;
        _values.Clear();
    }

    public void Dispose()
    {
        _values.Dispose();
        _body.Dispose();
        _packed.Dispose();
        Pages.Dispose();
    }

    private void AddLevels(int definition, int repetition)
    {
        if (_entries + LevelPadding >= _definitions.Length)
        {
            Array.Resize(ref _definitions, _definitions.Length * 2);
            Array.Resize(ref _repetitions, _repetitions.Length * 2);
        }
        _definitions[_entries] = definition;
        _repetitions[_entries++] = repetition;
    }

    private void AddBit(bool value)
    {
        if (_bits % 8 == 0)
            _values.AppendByte(0);
        if (value)
            _values.Bytes[_values.Length - 1] |= (byte)(1 << (_bits % 8));
        _bits++;
    }

    private void AppendLevels(int[] levels, int highest)
    {
        var start = _body.Length;
        _body.Append("\0\0\0\0"u8);
        fixed (int* first = levels)
            RleHybrid.Encode(first, _entries, RleHybrid.WidthOf(highest), _body);
        var bytes = (int)(_body.Length - start - sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(new(_body.Bytes + start, sizeof(int)), bytes);
    }

    private EncodeBuffer Compressed()
    {
        var room = Zstd.MaxCompressedLength(checked((int)_body.Length));
        _packed.Clear();
        _packed.Advance(Zstd.Compress(_body.Span, new(_packed.Reserve(room), room), ZstdLevel));
        return _packed;
    }

    private void WritePage(EncodeBuffer body)
    {
        var start = Pages.Length;
        var thrift = new ThriftCompactWriter(Pages);
        thrift.BeginStruct();
        thrift.I32(1, (int)ParquetPageType.DataPage);
        thrift.I32(2, checked((int)_body.Length));
        thrift.I32(3, checked((int)body.Length));
        thrift.I32(4, unchecked((int)Crc32.HashToUInt32(body.Span)));
        thrift.BeginStruct(5);
        thrift.I32(1, _entries);
        thrift.I32(2, (int)ParquetEncoding.Plain);
        thrift.I32(3, (int)ParquetEncoding.Rle);
        thrift.I32(4, (int)ParquetEncoding.Rle);
        thrift.EndStruct();
        thrift.EndStruct();
        PlainBytes += Pages.Length - start + _body.Length;
        Pages.Append(body.Bytes, body.Length);
    }
}
