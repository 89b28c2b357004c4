using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake.Delta;

/// <summary>Reads a checkpoint of one file, of any writer, if its layout is known here. For one thread.</summary>
internal sealed class CheckpointReader : IDisposable
{
    private readonly byte[] _content;
    private readonly ParquetFooter _footer;
    private readonly List<IDisposable> _open = [];

    private CheckpointReader(byte[] content, ParquetFooter footer) => (_content, _footer) = (content, footer);

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="key">What to call it in messages.</param>
    /// <param name="removed">Read the files that left the table too.</param>
    /// <exception cref="ParquetLayoutException">The file is damaged, or has another layout.</exception>
    /// <exception cref="DeltaException">It has no protocol or no metadata.</exception>
    public static CheckpointContent Read(byte[] content, string key, bool removed)
    {
        using var reader = Open(content);
        reader.RequireNoDeletionVectors();
        return new(
            reader.ReadProtocol() ?? throw CheckpointContent.Incomplete(key),
            reader.ReadMetadata() ?? throw CheckpointContent.Incomplete(key),
            reader.ReadTransactions(),
            reader.ReadFiles(),
            removed ? reader.ReadRemoved() : [],
            reader._footer.Rows
        );
    }

    /// <summary>Reads only the files that left the table.</summary>
    /// <inheritdoc cref="Read"/>
    public static List<RemoveFile> ReadRemoved(byte[] content)
    {
        using var reader = Open(content);
        return reader.ReadRemoved();
    }

    /// <summary>The first page whose checksum is another; null where none is, or the file cannot be read at
    /// all.</summary>
    public static string? FirstDamagedPage(byte[] content)
    {
        var input = InputOf(content);
        return ParquetFooter.TryRead(input, out var footer, out _) ? PageChecksums.FirstDamaged(input, footer) : null;
    }

    public void Dispose()
    {
        foreach (var column in _open)
            column.Dispose();
    }

    private static CheckpointReader Open(byte[] content) =>
        ParquetFooter.TryRead(InputOf(content), out var footer, out var fault)
            ? new(content, footer)
            : throw new ParquetLayoutException(fault);

    private static RangeInput InputOf(byte[] content) =>
        new(
            content.Length,
            (buffer, at) =>
            {
                var count = (int)Math.Min(buffer.Length, content.Length - at);
                content.AsSpan((int)at, count).CopyTo(buffer);
                return count;
            }
        );

    /// <summary>A feature that is not known here: the complete reader names the file.</summary>
    private void RequireNoDeletionVectors()
    {
        if (Find("add.deletionVector.storageType") is not { } vectors)
            return;
        while (vectors.Next())
            if (vectors.HasValue)
                throw new ParquetLayoutException("a file has a deletion vector");
    }

    private TableProtocol? ReadProtocol()
    {
        var (reader, writer) = (Column("protocol.minReaderVersion"), Column("protocol.minWriterVersion"));
        var readerFeatures = TextsOf("protocol.readerFeatures.list.element");
        var writerFeatures = TextsOf("protocol.writerFeatures.list.element");
        TableProtocol? found = null;
        while (reader.Next() && writer.Next())
        {
            var (read, write) = (readerFeatures?.ReadRow(), writerFeatures?.ReadRow());
            if (reader.HasValue && writer.HasValue)
                found = new((int)reader.Number, (int)writer.Number, read ?? [], write ?? []);
        }
        return found;
    }

    private TableMetadata? ReadMetadata()
    {
        var (id, name, schema) = (Column("metaData.id"), Find("metaData.name"), Column("metaData.schemaString"));
        var created = Find("metaData.createdTime");
        var partitions =
            TextsOf("metaData.partitionColumns.list.element")
            ?? throw new ParquetLayoutException("there is no metaData.partitionColumns");
        var configuration = MapOf("metaData.configuration");
        TableMetadata? found = null;
        while (id.Next() && schema.Next())
        {
            name?.Next();
            created?.Next();
            var (columns, properties) = (partitions.ReadRow(), configuration.ReadRow());
            if (id.HasValue && schema.HasValue)
                found = new(TextOf(id)!, TextOf(name), TextOf(schema)!, columns, properties, NumberOf(created));
        }
        return found;
    }

    private List<SetTransaction> ReadTransactions()
    {
        var found = new List<SetTransaction>();
        if (Find("txn.appId") is not { } appId)
            return found;
        var (version, updated) = (Column("txn.version"), Find("txn.lastUpdated"));
        while (appId.Next() && version.Next())
        {
            updated?.Next();
            if (appId.HasValue && version.HasValue)
                found.Add(new(TextOf(appId)!, version.Number, NumberOf(updated)));
        }
        return found;
    }

    private Dictionary<string, AddFile> ReadFiles()
    {
        var files = new Dictionary<string, AddFile>(
            (int)Math.Min(_footer.Rows, int.MaxValue / 2),
            StringComparer.Ordinal
        );
        var (path, size, modified) = (Column("add.path"), Column("add.size"), Column("add.modificationTime"));
        var partitions = MapOf("add.partitionValues");
        var tags = Find("add.tags.key_value.key") is null ? null : MapOf("add.tags");
        var stats = Find("add.stats") is { } texts ? new StatisticsColumn(texts) : null;
        while (path.Next() && size.Next() && modified.Next())
        {
            stats?.Next();
            var (values, noted) = (partitions.ReadRow(), tags?.ReadRow());
            if (!path.HasValue)
                continue;
            var file = new AddFile(PathOf(path), values, size.Number, modified.Number, false, null)
            {
                Tags = noted ?? TextMap.Empty,
            };
            files[file.Path] = stats is null ? file : stats.AddTo(file);
        }
        return files;
    }

    private List<RemoveFile> ReadRemoved()
    {
        var found = new List<RemoveFile>();
        if (Find("remove.path") is not { } path)
            return found;
        var (deleted, size) = (Find("remove.deletionTimestamp"), Find("remove.size"));
        var partitions = Find("remove.partitionValues.key_value.key") is null ? null : MapOf("remove.partitionValues");
        while (path.Next())
        {
            deleted?.Next();
            size?.Next();
            var values = partitions?.ReadRow();
            if (path.HasValue)
                found.Add(new(PathOf(path), NumberOf(deleted) ?? 0, false, values ?? TextMap.Empty, NumberOf(size)));
        }
        return found;
    }

    private NestedColumnReader? Find(string path)
    {
        var column = NestedColumnReader.Open(_content, _footer, path);
        if (column is not null)
            _open.Add(column);
        return column;
    }

    private NestedColumnReader Column(string path) =>
        Find(path) ?? throw new ParquetLayoutException($"there is no {path}");

    private TextMapReader MapOf(string path) => new(Column(path + ".key_value.key"), Column(path + ".key_value.value"));

    private TextListReader? TextsOf(string path) => Find(path) is { } column ? new(column) : null;

    private static string PathOf(NestedColumnReader path) =>
        path.Text.Contains((byte)'%') || path.Text.StartsWith("/"u8) || path.Text.IndexOf("://"u8) >= 0
            ? DeltaJson.DecodePath(Encoding.UTF8.GetString(path.Text))
            : Encoding.UTF8.GetString(path.Text);

    private static string? TextOf(NestedColumnReader? column) =>
        column is { HasValue: true } ? Encoding.UTF8.GetString(column.Text) : null;

    private static long? NumberOf(NestedColumnReader? column) => column is { HasValue: true } ? column.Number : null;

    /// <summary>Statistics are long and seldom asked for: they stay as the file has them where its pages allow
    /// it.</summary>
    private sealed class StatisticsColumn(NestedColumnReader column)
    {
        private StoredTexts? _page;
        private int _entry = -1;

        public void Next()
        {
            if (++_entry < _page?.Entries)
                return;
            _page = column.TakePage();
            _entry = 0;
            if (_page is null)
                column.Next();
        }

        public AddFile AddTo(AddFile file) =>
            _page is null ? file with { Stats = TextOf(column) } : file.WithStats(_page, _entry);
    }
}
