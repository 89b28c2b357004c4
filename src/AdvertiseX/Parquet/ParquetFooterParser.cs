using System.Text;

namespace AdvertiseX.Parquet;

/// <summary>Reads FileMetaData (parquet.thrift) of any writer and holds it against itself and the file's
/// length.</summary>
internal ref struct ParquetFooterParser
{
    private const int MaxSchemaDepth = 32;

    /// <summary>FieldRepetitionType.REPEATED; 0 is REQUIRED, 1 OPTIONAL.</summary>
    private const int Repeated = 2;

    /// <summary>Elements of a schema, and column chunks of a file, at most: an empty one takes a byte in the file and
    /// many here.</summary>
    private const int MaxSchemaElements = 10_000;
    private const int MaxChunks = 1 << 20;

    private readonly long _fileBytes;
    private readonly List<ParquetFooterColumn> _columns = [];
    private readonly List<ParquetRowGroup> _groups = [];
    private readonly List<SchemaNode> _schema = [];
    private ThriftCompactReader _thrift;
    private long _rows;
    private int _chunks;
    private string _createdBy = "";

    private ParquetFooterParser(ReadOnlySpan<byte> metadata, long fileBytes)
    {
        _thrift = new ThriftCompactReader(metadata);
        _fileBytes = fileBytes;
    }

    /// <summary>The footer, or null with what is wrong.</summary>
    public static ParquetFooter? Parse(ReadOnlySpan<byte> metadata, long fileBytes, out string? fault)
    {
        var parser = new ParquetFooterParser(metadata, fileBytes);
        parser.ReadFile();
        fault = parser.Fault();
        return fault == null
            ? new ParquetFooter(parser._rows, parser._columns, parser._groups, parser._createdBy)
            : null;
    }

    private string? Fault()
    {
        if (_thrift.Failed)
            return $"its metadata is damaged at byte {_thrift.Position}";
        if (_schema.Count > MaxSchemaElements || _groups.Count > MaxChunks || _chunks > MaxChunks)
            return "it has more columns or row groups than are read";
        if (!ReadLeaves())
            return "its schema is no tree of columns";
        long sum = 0;
        foreach (var group in _groups)
        {
            if (group.Chunks.Count != _columns.Count)
                return $"a row group has {group.Chunks.Count} columns, the schema {_columns.Count}";
            if (group.Rows < 0)
                return $"a row group is said to have {group.Rows} rows";
            foreach (var chunk in group.Chunks)
            {
                if (!Lies(chunk))
                    return "a column's pages lie outside of the file";
            }

            sum += group.Rows;
        }

        return sum == _rows ? null : $"it is said to have {_rows} rows, its row groups have {sum}";
    }

    private readonly bool Lies(ParquetChunk chunk) =>
        chunk.IsElsewhere
        || (
            chunk.DataPageOffset >= 0
            && chunk.SizeBytes >= 0
            && chunk.DataPageOffset <= _fileBytes
            && chunk.SizeBytes <= _fileBytes
            && chunk.Values >= 0
        );

    private void ReadFile()
    {
        short field = 0;
        while (_thrift.NextField(ref field, out var kind))
        {
            switch (field)
            {
                case 2:
                    var elements = _thrift.List(kind, ThriftCompactReader.StructKind);
                    for (var i = 0; i < elements && _schema.Count <= MaxSchemaElements; i++)
                        ReadSchemaElement();
                    break;
                case 3:
                    _rows = _thrift.Integer(kind);
                    break;
                case 4:
                    var groups = _thrift.List(kind, ThriftCompactReader.StructKind);
                    for (var i = 0; i < groups && _groups.Count <= MaxChunks; i++)
                        ReadRowGroup();
                    break;
                case 6:
                    _createdBy = Encoding.UTF8.GetString(_thrift.Binary(kind));
                    break;
                default:
                    _thrift.Skip(kind);
                    break;
            }
        }
    }

    private void ReadSchemaElement()
    {
        var node = new SchemaNode { Type = -1 };
        short field = 0;
        while (_thrift.NextField(ref field, out var kind))
        {
            switch (field)
            {
                case 1:
                    node.Type = _thrift.Integer(kind);
                    break;
                case 3:
                    node.Repetition = _thrift.Integer(kind);
                    break;
                case 4:
                    node.Name = Encoding.UTF8.GetString(_thrift.Binary(kind));
                    break;
                case 5:
                    node.Children = _thrift.Integer(kind);
                    break;
                default:
                    _thrift.Skip(kind);
                    break;
            }
        }

        _schema.Add(node);
    }

    /// <summary>Turns the schema, whose groups stand before their members, into the columns that hold values.</summary>
    private readonly bool ReadLeaves()
    {
        var next = 1;
        if (_schema.Count == 0 || _schema[0].Children < 0)
            return false;
        for (long i = 0; i < _schema[0].Children; i++)
        {
            if (!ReadNode(ref next, "", (0, 0), depth: 0))
                return false;
        }

        return next == _schema.Count;
    }

    private readonly bool ReadNode(ref int next, string path, (int Definition, int Repetition) levels, int depth)
    {
        if (next >= _schema.Count || depth > MaxSchemaDepth)
            return false;
        var node = _schema[next++];
        var name = path + node.Name;
        if (node.Repetition != 0)
            levels.Definition++;
        if (node.Repetition == Repeated)
            levels.Repetition++;
        if (node.Children == 0)
        {
            _columns.Add(
                new ParquetFooterColumn(name, (ParquetType)node.Type, levels.Definition == 0)
                {
                    MaxDefinition = levels.Definition,
                    MaxRepetition = levels.Repetition,
                }
            );
            return node.Type is >= 0 and <= 7;
        }

        for (long i = 0; i < node.Children; i++)
        {
            if (!ReadNode(ref next, name + ".", levels, depth + 1))
                return false;
        }

        return node.Children > 0;
    }

    private void ReadRowGroup()
    {
        var chunks = new List<ParquetChunk>();
        long rows = 0;
        short field = 0;
        while (_thrift.NextField(ref field, out var kind))
        {
            switch (field)
            {
                case 1:
                    var count = _thrift.List(kind, ThriftCompactReader.StructKind);
                    for (var i = 0; i < count && _chunks++ < MaxChunks; i++)
                        chunks.Add(ReadChunk());
                    break;
                case 3:
                    rows = _thrift.Integer(kind);
                    break;
                default:
                    _thrift.Skip(kind);
                    break;
            }
        }

        _groups.Add(new ParquetRowGroup(rows, chunks));
    }

    private ParquetChunk ReadChunk()
    {
        var chunk = new ParquetChunk { IsElsewhere = true };
        var elsewhere = false;
        short field = 0;
        while (_thrift.NextField(ref field, out var kind))
        {
            if (field == 3 && _thrift.IsStruct(kind))
            {
                chunk = ReadChunkMetadata();
                continue;
            }

            elsewhere |= field == 1;
            _thrift.Skip(kind);
        }

        return elsewhere ? chunk with { IsElsewhere = true } : chunk;
    }

    private ParquetChunk ReadChunkMetadata()
    {
        var chunk = default(ParquetChunk);
        short field = 0;
        while (_thrift.NextField(ref field, out var kind))
        {
            switch (field)
            {
                case 1:
                    chunk = chunk with { Type = (ParquetType)_thrift.Integer(kind) };
                    break;
                case 2:
                    chunk = chunk with { Encodings = ReadEncodings(kind) };
                    break;
                case 4:
                    chunk = chunk with { Codec = (int)_thrift.Integer(kind) };
                    break;
                case 5:
                    chunk = chunk with { Values = _thrift.Integer(kind) };
                    break;
                case 6:
                    chunk = chunk with { PlainBytes = _thrift.Integer(kind) };
                    break;
                case 7:
                    chunk = chunk with { SizeBytes = _thrift.Integer(kind) };
                    break;
                case 9:
                    chunk = chunk with { DataPageOffset = _thrift.Integer(kind) };
                    break;
                case 11:
                    chunk = chunk with { DictionaryPageOffset = _thrift.Integer(kind) };
                    break;
                default:
                    _thrift.Skip(kind);
                    break;
            }
        }

        return chunk;
    }

    private uint ReadEncodings(byte kind)
    {
        const byte I32 = 5;
        var count = _thrift.List(kind, I32);
        uint encodings = 0;
        var known = true;
        for (var i = 0; i < count && !_thrift.Failed; i++)
        {
            var encoding = _thrift.Integer();
            known &= encoding is >= 0 and < 32;
            encodings |= 1u << (int)(encoding & 31);
        }

        return known ? encodings : 0;
    }

    /// <summary>An element of the schema as it stands in the file.</summary>
    private struct SchemaNode
    {
        public SchemaNode() { }

        public string Name { get; set; } = "";

        public long Type { get; set; }

        public long Repetition { get; set; }

        public long Children { get; set; }
    }
}
