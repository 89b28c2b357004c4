using System.Text;

namespace AdvertiseX.Parquet;

/// <summary>The metadata at the end of a file of nested rows (parquet.thrift, FileMetaData).</summary>
internal sealed class NestedFooterWriter(EncodeBuffer output)
{
    private const int FormatVersion = 1;

    // ConvertedType of parquet.thrift.
    private const int Utf8 = 0,
        MapType = 1,
        ListType = 3,
        TimestampMicros = 10;

    private readonly ThriftCompactWriter _thrift = new(output);

    /// <summary>Appends the metadata.</summary>
    /// <param name="fields">The schema.</param>
    /// <param name="columns">Its columns, all pages of which are made.</param>
    /// <param name="starts">Where in the file each column's first page lies.</param>
    /// <param name="rows">Rows of the file.</param>
    public void Write(
        IReadOnlyList<NestedField> fields,
        IReadOnlyList<NestedColumnWriter> columns,
        IReadOnlyList<long> starts,
        long rows
    )
    {
        _thrift.BeginStruct();
        _thrift.I32(1, FormatVersion);
        _thrift.BeginList(2, ThriftCompactWriter.Element.Struct, 1 + fields.Sum(Elements));
        WriteGroup("root", null, NestedMeaning.None, fields);
        _thrift.I64(3, rows);
        var hasRows = rows > 0;
        _thrift.BeginList(4, ThriftCompactWriter.Element.Struct, hasRows ? 1 : 0);
        if (hasRows)
            WriteRowGroup(columns, starts, rows);
        _thrift.Text(6, FooterWriter.CreatedBy);
        _thrift.EndStruct();
    }

    private static int Elements(NestedField field) => 1 + field.Children.Sum(Elements);

    private void WriteField(NestedField field)
    {
        if (field.Type is { } type)
            WriteLeaf(field, type);
        else
            WriteGroup(field.Name, field.Repetition, field.Meaning, field.Children);
    }

    private void WriteGroup(
        string name,
        NestedRepetition? repetition,
        NestedMeaning meaning,
        IReadOnlyList<NestedField> children
    )
    {
        _thrift.BeginStruct();
        if (repetition is { } often)
            _thrift.I32(3, (int)often);
        _thrift.Text(4, name);
        _thrift.I32(5, children.Count);
        if (meaning == NestedMeaning.Map)
            WriteMeaning(MapType, 2);
        else if (meaning == NestedMeaning.List)
            WriteMeaning(ListType, 3);
        _thrift.EndStruct();
        foreach (var child in children)
            WriteField(child);
    }

    private void WriteLeaf(NestedField field, ParquetType type)
    {
        _thrift.BeginStruct();
        _thrift.I32(1, (int)type);
        _thrift.I32(3, (int)field.Repetition);
        _thrift.Text(4, field.Name);
        if (field.Meaning == NestedMeaning.Text)
            WriteMeaning(Utf8, 1);
        else if (field.Meaning == NestedMeaning.Timestamp)
            FooterWriter.WriteTimestampType(_thrift, TimestampMicros);
        _thrift.EndStruct();
    }

    private void WriteMeaning(int converted, short logical)
    {
        _thrift.I32(6, converted);
        _thrift.BeginStruct(10);
        _thrift.EmptyMember(logical);
        _thrift.EndStruct();
    }

    private void WriteRowGroup(IReadOnlyList<NestedColumnWriter> columns, IReadOnlyList<long> starts, long rows)
    {
        _thrift.BeginStruct();
        _thrift.BeginList(1, ThriftCompactWriter.Element.Struct, columns.Count);
        for (var i = 0; i < columns.Count; i++)
            WriteChunk(columns[i], starts[i]);
        _thrift.I64(2, columns.Sum(column => column.PlainBytes));
        _thrift.I64(3, rows);
        _thrift.I64(5, starts[0]);
        _thrift.I64(6, columns.Sum(column => column.Pages.Length));
        _thrift.I16(7, 0);
        _thrift.EndStruct();
    }

    private void WriteChunk(NestedColumnWriter column, long start)
    {
        _thrift.BeginStruct();
        _thrift.I64(2, 0);
        _thrift.BeginStruct(3);
        _thrift.I32(1, (int)column.Field.Type!);
        _thrift.BeginList(2, ThriftCompactWriter.Element.I32, 2);
        _thrift.I32Element((int)ParquetEncoding.Plain);
        _thrift.I32Element((int)ParquetEncoding.Rle);
        _thrift.BeginList(3, ThriftCompactWriter.Element.Binary, column.Path.Count);
        foreach (var part in column.Path)
            _thrift.BinaryElement(Encoding.UTF8.GetBytes(part));
        _thrift.I32(4, (int)(column.Codec ?? ParquetCodec.Uncompressed));
        _thrift.I64(5, column.Entries);
        _thrift.I64(6, column.PlainBytes);
        _thrift.I64(7, column.Pages.Length);
        _thrift.I64(9, start);
        _thrift.EndStruct();
        _thrift.EndStruct();
    }
}
