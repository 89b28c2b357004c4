using System.Buffers.Binary;
using System.Reflection;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>The metadata at a file's end (parquet.thrift, FileMetaData).</summary>
internal sealed class FooterWriter(EncodeBuffer output)
{
    private const int FormatVersion = 2;

    internal static readonly string CreatedBy =
        $"AdvertiseX version {typeof(FooterWriter).Assembly.GetName().Version?.ToString(3) ?? "0"}";

    private readonly ThriftCompactWriter _thrift = new(output);

    /// <summary>Appends the metadata.</summary>
    /// <param name="columns">Columns of the file.</param>
    /// <param name="groups">Chunks of each row group, in the order of the columns.</param>
    public void Write(
        TableSchema schema,
        IReadOnlyList<ColumnDefinition> columns,
        IReadOnlyList<ColumnChunkMetadata[]> groups
    )
    {
        _thrift.BeginStruct();
        _thrift.I32(1, FormatVersion);
        _thrift.BeginList(2, ThriftCompactWriter.Element.Struct, columns.Count + 1);
        WriteRoot(schema.Name, columns.Count);
        foreach (var column in columns)
            WriteSchemaElement(column);
        _thrift.I64(3, groups.Sum(g => g[0].Rows));
        _thrift.BeginList(4, ThriftCompactWriter.Element.Struct, groups.Count);
        for (var i = 0; i < groups.Count; i++)
            WriteRowGroup(columns, groups[i], i);
        _thrift.Text(6, CreatedBy);
        _thrift.BeginList(7, ThriftCompactWriter.Element.Struct, columns.Count);
        foreach (var _ in columns)
            WriteTypeOrder();
        _thrift.EndStruct();
    }

    internal static ParquetType TypeOf(ColumnType type) =>
        type switch
        {
            ColumnType.Int64 or ColumnType.Timestamp => ParquetType.Int64,
            ColumnType.Int32 or ColumnType.Date => ParquetType.Int32,
            ColumnType.Boolean => ParquetType.Boolean,
            _ => ParquetType.ByteArray,
        };

    private void WriteRoot(string name, int columns)
    {
        _thrift.BeginStruct();
        _thrift.Text(4, name);
        _thrift.I32(5, columns);
        _thrift.EndStruct();
    }

    private void WriteSchemaElement(ColumnDefinition column)
    {
        _thrift.BeginStruct();
        _thrift.I32(1, (int)TypeOf(column.Type));
        _thrift.I32(3, column.Nullable ? 1 : 0);
        _thrift.Text(4, column.Name);
        switch (column.Type)
        {
            case ColumnType.Text or ColumnType.Dictionary:
                WriteLogicalType(0, 1);
                break;
            case ColumnType.Date:
                WriteLogicalType(6, 6);
                break;
            case ColumnType.Timestamp:
                WriteTimestampType(_thrift, 10);
                break;
        }

        _thrift.EndStruct();
    }

    private void WriteLogicalType(int convertedType, short member)
    {
        _thrift.I32(6, convertedType);
        _thrift.BeginStruct(10);
        _thrift.EmptyMember(member);
        _thrift.EndStruct();
    }

    /// <summary>TIMESTAMP(isAdjustedToUTC = true, MICROS).</summary>
    internal static void WriteTimestampType(ThriftCompactWriter thrift, int convertedType)
    {
        thrift.I32(6, convertedType);
        thrift.BeginStruct(10);
        thrift.BeginStruct(8);
        thrift.Bool(1, true);
        thrift.BeginStruct(2);
        thrift.EmptyMember(2);
        thrift.EndStruct();
        thrift.EndStruct();
        thrift.EndStruct();
    }

    private void WriteTypeOrder()
    {
        _thrift.BeginStruct();
        _thrift.EmptyMember(1);
        _thrift.EndStruct();
    }

    private void WriteRowGroup(IReadOnlyList<ColumnDefinition> columns, ColumnChunkMetadata[] chunks, int ordinal)
    {
        _thrift.BeginStruct();
        _thrift.BeginList(1, ThriftCompactWriter.Element.Struct, columns.Count);
        for (var i = 0; i < chunks.Length; i++)
            WriteChunk(columns[i], chunks[i]);
        _thrift.I64(2, chunks.Sum(c => c.UncompressedBytes));
        _thrift.I64(3, chunks[0].Rows);
        _thrift.I64(5, chunks[0].StartOffset);
        _thrift.I64(6, chunks.Sum(c => c.CompressedBytes));
        if (ordinal <= short.MaxValue)
            _thrift.I16(7, (short)ordinal);
        _thrift.EndStruct();
    }

    private void WriteChunk(ColumnDefinition column, ColumnChunkMetadata chunk)
    {
        _thrift.BeginStruct();
        _thrift.I64(2, 0);
        _thrift.BeginStruct(3);
        _thrift.I32(1, (int)TypeOf(column.Type));
        WriteEncodings(chunk, column.Nullable);
        _thrift.BeginList(3, ThriftCompactWriter.Element.Binary, 1);
        _thrift.BinaryElement(System.Text.Encoding.UTF8.GetBytes(column.Name));
        _thrift.I32(4, (int)chunk.Codec);
        _thrift.I64(5, chunk.Rows);
        _thrift.I64(6, chunk.UncompressedBytes);
        _thrift.I64(7, chunk.CompressedBytes);
        _thrift.I64(9, chunk.DataPageOffset);
        if (chunk.DictionaryPageOffset != 0)
            _thrift.I64(11, chunk.DictionaryPageOffset);
        WriteStatistics(column, chunk);
        _thrift.EndStruct();
        _thrift.EndStruct();
    }

    private void WriteEncodings(ColumnChunkMetadata chunk, bool nullable)
    {
        // Levels are RLE, a dictionary page is PLAIN.
        var encodings =
            chunk.DataEncodings
            | (nullable ? 1 << (int)ParquetEncoding.Rle : 0)
            | (chunk.DictionaryPageOffset != 0 ? 1 << (int)ParquetEncoding.Plain : 0);
        _thrift.BeginList(2, ThriftCompactWriter.Element.I32, System.Numerics.BitOperations.PopCount((uint)encodings));
        for (var i = 0; i < 32; i++)
        {
            if ((encodings & (1 << i)) != 0)
                _thrift.I32Element(i);
        }
    }

    private void WriteStatistics(ColumnDefinition column, ColumnChunkMetadata chunk)
    {
        _thrift.BeginStruct(12);
        _thrift.I64(3, chunk.Nulls);
        var bounds = chunk.Bounds;
        if (bounds.MinText != null)
        {
            if (bounds.MaxText != null)
                _thrift.Binary(5, bounds.MaxText.Bytes);
            _thrift.Binary(6, bounds.MinText.Bytes);
            if (bounds.MaxText != null)
                _thrift.Bool(7, bounds.MaxText.IsExact);
            _thrift.Bool(8, bounds.MinText.IsExact);
        }
        else if (bounds.Known)
        {
            Span<byte> number = stackalloc byte[sizeof(long)];
            var width = TypeOf(column.Type) switch
            {
                ParquetType.Boolean => 1,
                ParquetType.Int32 => 4,
                _ => 8,
            };
            BinaryPrimitives.WriteInt64LittleEndian(number, bounds.Max);
            _thrift.Binary(5, number[..width]);
            BinaryPrimitives.WriteInt64LittleEndian(number, bounds.Min);
            _thrift.Binary(6, number[..width]);
            _thrift.Bool(7, true);
            _thrift.Bool(8, true);
        }

        _thrift.EndStruct();
    }
}
