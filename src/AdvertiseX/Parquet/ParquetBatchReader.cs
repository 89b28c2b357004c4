using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Reads files of <see cref="ParquetFileWriter"/> back into batches of a table's schema: whole row groups or ranges of
/// their rows, with no object a row. Dictionary codes stay codes, columns that the file lacks stay null, checksums of
/// pages are compared. Bytes may be anything: they give a result that says what is wrong, and nothing outside of the
/// buffers is read. For one thread at a time.
/// </summary>
internal sealed unsafe class ParquetBatchReader
{
    private const string OurName = "AdvertiseX version ";

    /// <summary>Bytes of a column in one row group at most.</summary>
    private const long MaxChunkBytes = 1 << 30;

    private readonly RangeInput _file;
    private readonly ParquetFooter _footer;
    private readonly DecodeScratch _scratch;

    private ParquetBatchReader(RangeInput file, ParquetFooter footer, DecodeScratch scratch)
    {
        _file = file;
        _footer = footer;
        _scratch = scratch;
    }

    /// <summary>Rows of the file.</summary>
    public long Rows => _footer.Rows;

    public IReadOnlyList<ParquetRowGroup> RowGroups => _footer.RowGroups;

    /// <summary>Reads the file's metadata and holds it against the table's schema.</summary>
    /// <param name="file">The file.</param>
    /// <param name="schema">The table, newest schema.</param>
    /// <param name="scratch">What pages are decoded with; readers of one thread share it.</param>
    /// <param name="reader">Null unless all is well.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ParquetReadResult Open(
        RangeInput file,
        TableSchema schema,
        DecodeScratch scratch,
        out ParquetBatchReader? reader
    )
    {
        reader = null;
        if (!ParquetFooter.TryRead(file, out var footer, out var fault))
            return ParquetReadResult.Damaged(fault);
        if (!footer.CreatedBy.StartsWith(OurName, StringComparison.Ordinal))
            return ParquetReadResult.OtherLayout($"written by {footer.CreatedBy}");
        var result = CheckColumns(footer, schema);
        for (var g = 0; g < footer.RowGroups.Count && result.IsOk; g++)
            result = CheckGroup(file, footer, g);
        if (result.IsOk)
            reader = new ParquetBatchReader(file, footer, scratch);
        return result;
    }

    /// <summary>Appends all rows of a file to a batch, whose columns are some of the table's or all.</summary>
    /// <param name="file">The file.</param>
    /// <param name="schema">The table, newest schema.</param>
    /// <param name="scratch">What pages are decoded with.</param>
    /// <param name="batch">Gets the rows. After a result other than well it must be thrown away.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ParquetReadResult ReadAll(
        RangeInput file,
        TableSchema schema,
        DecodeScratch scratch,
        ColumnBatch batch
    )
    {
        var result = Open(file, schema, scratch, out var reader);
        for (var group = 0; result.IsOk && group < reader!.RowGroups.Count; group++)
            result = reader.Read(group, batch);
        return result;
    }

    /// <summary>Appends the rows of a row group to a batch.</summary>
    /// <inheritdoc cref="Read(int, int, int, ColumnBatch)"/>
    public ParquetReadResult Read(int group, ColumnBatch batch) =>
        Read(group, 0, checked((int)_footer.RowGroups[group].Rows), batch);

    /// <summary>Appends rows of a row group to a batch, whose columns are some of the table's or all; pages without
    /// such rows are not looked at. Partition columns are left null.</summary>
    /// <param name="group">Index of the row group.</param>
    /// <param name="from">First row in the group.</param>
    /// <param name="count">Rows, all within the group.</param>
    /// <param name="batch">Gets the rows. After a result other than well it must be thrown away.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidOperationException">A column of the batch would have more than 2 GB of text.</exception>
    public ParquetReadResult Read(int group, int from, int count, ColumnBatch batch)
    {
        var rowGroup = _footer.RowGroups[group];
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)from + count, rowGroup.Rows);
        batch.Reserve(batch.Rows + count + 1);
        for (var c = 0; c < rowGroup.Chunks.Count && count > 0; c++)
        {
            var leaf = _footer.Leaves[c];
            if (!batch.Schema.Has(leaf.Name))
                continue;
            var result = ReadChunk(rowGroup.Chunks[c], leaf, from, count, batch);
            if (!result.IsOk)
                return result with { Detail = $"row group {group}, column {leaf.Name}, {result.Detail}" };
        }

        batch.AddRows(count);
        return ParquetReadResult.Ok;
    }

    /// <summary>Bytes of a row group's pages in the file.</summary>
    public long FileBytesOf(int group) => _footer.RowGroups[group].SizeBytes;

    /// <summary>About as many bytes as a row group takes in a batch of one column, for the column that takes
    /// most.</summary>
    public long ColumnBytesOf(int group)
    {
        var (rows, chunks) = (_footer.RowGroups[group].Rows, _footer.RowGroups[group].Chunks);
        long most = 0;
        foreach (var chunk in chunks)
        {
            var values = Math.Clamp(chunk.PlainBytes, 0, PageReader.MaxPageBytes);
            most = Math.Max(most, (rows * (sizeof(TextRef) + 1)) + (chunk.HasDictionary ? 0 : values));
        }

        return most;
    }

    private static ParquetReadResult CheckColumns(ParquetFooter footer, TableSchema schema)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var leaf in footer.Leaves)
        {
            if (!schema.Has(leaf.Name) || !found.Add(leaf.Name))
                return ParquetReadResult.OtherLayout($"its column {leaf.Name} is none of the table's");
            var column = schema.Columns[schema.Ordinal(leaf.Name)];
            if (
                column.Partition
                || leaf.Type != FooterWriter.TypeOf(column.Type)
                || (!leaf.IsRequired && !column.Nullable)
            )
                return ParquetReadResult.OtherLayout($"its column {leaf.Name} is of another type than the table's");
        }

        var missing = schema.Columns.FirstOrDefault(c => !c.Nullable && !c.Partition && !found.Contains(c.Name));
        return missing == null
            ? ParquetReadResult.Ok
            : ParquetReadResult.OtherLayout($"it lacks the column {missing.Name}");
    }

    private static ParquetReadResult CheckGroup(RangeInput file, ParquetFooter footer, int group)
    {
        var (rows, chunks) = (footer.RowGroups[group].Rows, footer.RowGroups[group].Chunks);
        if (rows is <= 0 or > PageHeader.MaxRows)
            return ParquetReadResult.Damaged($"row group {group} is said to have {rows} rows");
        for (var c = 0; c < chunks.Count; c++)
        {
            var chunk = chunks[c];
            var place = $"row group {group}, column {footer.Columns[c]}";
            if (chunk.IsElsewhere || (ParquetCodec)chunk.Codec is not (ParquetCodec.Uncompressed or ParquetCodec.Zstd))
                return ParquetReadResult.OtherLayout($"{place}: codec {chunk.Codec}");
            if (
                chunk.Type != footer.Leaves[c].Type
                || chunk.Values != rows
                || chunk.SizeBytes is <= 0 or > MaxChunkBytes
                || chunk.StartOffset > file.Length - chunk.SizeBytes
                || chunk.StartOffset < 0
            )
                return ParquetReadResult.Damaged($"{place}: its metadata contradicts itself");
        }

        return ParquetReadResult.Ok;
    }

    private ParquetReadResult ReadChunk(
        ParquetChunk chunk,
        ParquetFooterColumn leaf,
        int from,
        int count,
        ColumnBatch batch
    )
    {
        using var buffer = NativePool.Rent(chunk.SizeBytes);
        var size = (int)chunk.SizeBytes;
        if (!_file.Fill(new Span<byte>(buffer.Pointer, size), chunk.StartOffset))
            return ParquetReadResult.Damaged("the file ends before");
        using var decoder = ChunkDecoder.Create(batch[leaf.Name], _scratch);
        var pages = new PageReader(buffer.Pointer, size, (ParquetCodec)chunk.Codec, _scratch);
        if (chunk.HasDictionary && !ReadDictionary(ref pages, chunk, decoder))
            return pages.Fault;
        var first = 0;
        while (first < chunk.Values && pages.MoveNext())
        {
            var rows = pages.Header.Values;
            int skip = Math.Max(0, from - first),
                take = Math.Min(rows, from + count - first) - skip;
            if (take > 0 && !ReadPage(ref pages, leaf, decoder, skip, take, batch.Rows + first + skip - from))
                return pages.Fault;
            // A page that is stepped over is held to no more than that the rows add up.
            if (rows <= 0 || rows > chunk.Values - first)
                return ParquetReadResult.Damaged($"page {pages.Pages - 1} is said to have {rows} rows");
            first += rows;
        }

        return pages.Fault.IsOk && (first != chunk.Values || pages.Position != size)
            ? ParquetReadResult.Damaged($"its pages have {first} rows in {pages.Position} bytes")
            : pages.Fault;
    }

    private static bool ReadDictionary(ref PageReader pages, ParquetChunk chunk, ChunkDecoder decoder)
    {
        if (!pages.MoveNext())
            return pages.Fault.IsOk && pages.Fail("the dictionary is missing");
        if (!pages.OpenDictionary(out var bytes, out var count))
            return false;
        return (
                chunk.DictionaryPageOffset + pages.Position == chunk.DataPageOffset
                && decoder.TakeDictionary(bytes, pages.Header.PlainBytes, count)
            ) || pages.Fail("its dictionary is none");
    }

    private static bool ReadPage(
        ref PageReader pages,
        ParquetFooterColumn leaf,
        ChunkDecoder decoder,
        int skip,
        int take,
        int row
    )
    {
        if (!pages.OpenData(!leaf.IsRequired, out var page))
            return false;
        if (page.Count == 0)
            return page.Length == 0 || pages.Fail("it has bytes and no value");
        if (!decoder.Knows(page.Encoding))
            return pages.FailLayout($"encoding {(int)page.Encoding}");
        return decoder.Take(page, skip, take, row) || pages.Fail("its values are not what its header says");
    }
}
