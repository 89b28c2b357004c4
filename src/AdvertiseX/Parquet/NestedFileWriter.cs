using System.Buffers.Binary;

namespace AdvertiseX.Parquet;

/// <summary>
/// Writes rows with groups, maps and lists as a Parquet file of one row group: for files that have few rows or are
/// written seldom (<see cref="ParquetFileWriter"/> is for events). Each row gives every column of
/// <see cref="Columns"/> at least one entry and ends with <see cref="EndRow"/>. Not thread-safe.
/// </summary>
internal sealed class NestedFileWriter : IDisposable
{
    private readonly IReadOnlyList<NestedField> _fields;
    private readonly List<NestedColumnWriter> _columns = [];
    private long _rows;

    /// <param name="fields">Columns and groups of the file, in order.</param>
    public NestedFileWriter(IReadOnlyList<NestedField> fields)
    {
        _fields = fields;
        foreach (var field in fields)
            AddLeaves(field, [], 0, 0);
    }

    /// <summary>The columns that hold values, in the order of the schema.</summary>
    public IReadOnlyList<NestedColumnWriter> Columns => _columns;

    /// <summary>The column of that path, its parts joined by dots.</summary>
    public NestedColumnWriter Column(string path) =>
        _columns.Find(column => string.Join('.', column.Path) == path)
        ?? throw new ArgumentException($"there is no column {path}", nameof(path));

    /// <summary>Ends a row.</summary>
    public void EndRow()
    {
        _rows++;
        foreach (var column in _columns)
            column.EndRow();
    }

    /// <summary>The whole file. Nothing may be added afterwards.</summary>
    public byte[] ToArray()
    {
        using var file = new EncodeBuffer();
        file.Append("PAR1"u8);
        var starts = new List<long>(_columns.Count);
        foreach (var column in _columns)
        {
            column.EndPage();
            starts.Add(file.Length);
            unsafe
            {
                file.Append(column.Pages.Bytes, column.Pages.Length);
            }
        }
        var metadata = file.Length;
        new NestedFooterWriter(file).Write(_fields, _columns, starts, _rows);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, checked((int)(file.Length - metadata)));
        file.Append(length);
        file.Append("PAR1"u8);
        return file.Span.ToArray();
    }

    public void Dispose()
    {
        foreach (var column in _columns)
            column.Dispose();
    }

    private void AddLeaves(NestedField field, IReadOnlyList<string> above, int definition, int repetition)
    {
        if (field.Repetition != NestedRepetition.Required)
            definition++;
        if (field.Repetition == NestedRepetition.Repeated)
            repetition++;
        IReadOnlyList<string> path = [.. above, field.Name];
        if (field.Type is not null)
            _columns.Add(new(field, path, definition, repetition));
        foreach (var child in field.Children)
            AddLeaves(child, path, definition, repetition);
    }
}
