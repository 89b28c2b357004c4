namespace AdvertiseX.Parquet;

/// <summary>
/// Row groups of a file that are encoded together, column by column, and then written group by group: in the order of
/// the file rows lie anywhere in their batch, and this way a column stays in the cache while they are fetched, or need
/// not be in memory before and after. The encoded bytes wait in memory. For one thread.
/// </summary>
internal sealed unsafe class RowGroupBand : IDisposable
{
    private readonly EncodeWorkspace _workspace;
    private readonly int* _rows;
    private readonly int _count;
    private readonly EncodedChunk?[][] _groups;

    /// <param name="workspace">What columns are encoded with.</param>
    /// <param name="rows">Row numbers of the batches that are encoded, in the order of the file; must stay where they
    /// are.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="columns">Columns of the file.</param>
    public RowGroupBand(EncodeWorkspace workspace, int* rows, int count, int columns)
    {
        _workspace = workspace;
        _rows = rows;
        _count = count;
        _groups = new EncodedChunk?[(count + workspace.Options.RowGroupRows - 1) / workspace.Options.RowGroupRows][];
        for (var g = 0; g < _groups.Length; g++)
            _groups[g] = new EncodedChunk?[columns];
    }

    /// <summary>Encodes a column.</summary>
    /// <param name="encoder">Encoder of the column's batch, which must have all rows.</param>
    /// <param name="column">Index of the column in the file.</param>
    /// <exception cref="InvalidOperationException">A row has no value, and the column is required.</exception>
    public void Encode(ColumnEncoder encoder, int column)
    {
        var groupRows = _workspace.Options.RowGroupRows;
        var pages = _workspace.Pages;
        long expected = 1 << 12;
        for (var g = 0; g < _groups.Length; g++)
        {
            var chunk = new EncodedChunk(expected);
            _groups[g][column] = chunk;
            pages.Begin(chunk, compressible: !encoder.Definition.Random);
            var start = g * groupRows;
            encoder.Encode(_rows + start, Math.Min(groupRows, _count - start), pages, chunk.Metadata);
            pages.End();
            expected = chunk.Pages.Length + (chunk.Pages.Length / 16);
        }
    }

    /// <summary>Writes the groups, of which every column was encoded, and says what is in them.</summary>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public IEnumerable<ColumnChunkMetadata[]> WriteTo(FileSink file)
    {
        foreach (var group in _groups)
        {
            foreach (var chunk in group)
                chunk!.WriteTo(file);
            yield return [.. group.Select(chunk => chunk!.Metadata)];
        }
    }

    public void Dispose()
    {
        foreach (var group in _groups)
        {
            foreach (var chunk in group)
                chunk?.Dispose();
            Array.Clear(group);
        }
    }
}
