using System.Buffers.Binary;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>A Parquet file to which row groups are appended. For one thread at a time.</summary>
internal sealed unsafe class ParquetFileBuilder : IDisposable
{
    private readonly EncodeWorkspace _workspace;
    private readonly TableSchema _schema;
    private readonly List<ColumnDefinition> _columns;
    private readonly List<ColumnChunkMetadata[]> _groups = [];
    private readonly FileSink _file;

    /// <param name="target">Where the file goes, from its position on, in large pieces; neither flushed nor
    /// closed.</param>
    /// <param name="schema">The table; columns with <see cref="ColumnDefinition.Partition"/> are left out.</param>
    /// <param name="workspace">What columns are encoded with; outlives this.</param>
    public ParquetFileBuilder(Stream target, TableSchema schema, EncodeWorkspace workspace)
    {
        _schema = schema;
        _workspace = workspace;
        _columns = [.. schema.Columns.Where(c => !c.Partition)];
        _file = new FileSink(target);
        _file.Write(Magic);
    }

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Row groups of rows whose columns are encoded next; disposed by the caller.</summary>
    /// <inheritdoc cref="RowGroupBand(EncodeWorkspace, int*, int, int)"/>
    public RowGroupBand Begin(int* rows, int count) => new(_workspace, rows, count, _columns.Count);

    /// <summary>Writes row groups that are complete.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public void Append(RowGroupBand band) => _groups.AddRange(band.WriteTo(_file));

    /// <summary>Ends the file; nothing may be appended any more.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public ParquetFileInfo Finish()
    {
        using var footer = new EncodeBuffer();
        new FooterWriter(footer).Write(_schema, _columns, _groups);
        _file.Write(footer.Span);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, checked((int)footer.Length));
        _file.Write(length);
        _file.Write(Magic);
        _file.Flush();
        var stats = DeltaStatistics.Write(_columns, _groups);
        return new ParquetFileInfo(_groups.Sum(g => g[0].Rows), _file.Position, stats, _file.HashText);
    }

    public void Dispose() => _file.Dispose();
}
