using System.Text;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake.Delta;

/// <summary>Writes actions as the rows of a checkpoint: each row is one action, all other columns are absent. For one
/// thread.</summary>
internal sealed class CheckpointWriter : IDisposable
{
    private readonly NestedFileWriter _file = new(CheckpointSchema.Fields);
    private readonly Group _protocol;
    private readonly Group _metadata;
    private readonly Group _transaction;
    private readonly Group _add;
    private readonly Group _remove;
    private readonly Group[] _groups;

    public CheckpointWriter()
    {
        _protocol = new(_file, "protocol");
        _metadata = new(_file, "metaData");
        _transaction = new(_file, "txn");
        _add = new(_file, "add");
        _remove = new(_file, "remove");
        _groups = [_protocol, _metadata, _transaction, _add, _remove];
    }

    /// <summary>Rows so far.</summary>
    public long Actions { get; private set; }

    public void Add(TableProtocol protocol)
    {
        _protocol["minReaderVersion"].Add(protocol.MinReaderVersion);
        _protocol["minWriterVersion"].Add(protocol.MinWriterVersion);
        EndRow(_protocol);
    }

    public void Add(TableMetadata metadata)
    {
        Put(_metadata["id"], metadata.Id);
        Put(_metadata["name"], metadata.Name);
        Put(_metadata["description"], (string?)null);
        Put(_metadata["format.provider"], "parquet");
        PutMap(_metadata, "format.options", 2, TextMap.Empty);
        Put(_metadata["schemaString"], metadata.SchemaString);
        PutList(_metadata["partitionColumns.list.element"], metadata.PartitionColumns);
        Put(_metadata["createdTime"], metadata.CreatedMillis);
        PutMap(_metadata, "configuration", 1, metadata.Configuration);
        EndRow(_metadata);
    }

    public void Add(SetTransaction transaction)
    {
        Put(_transaction["appId"], transaction.AppId);
        _transaction["version"].Add(transaction.Version);
        Put(_transaction["lastUpdated"], transaction.UpdatedMillis);
        EndRow(_transaction);
    }

    /// <summary>A live file. In a checkpoint it tells state, not change: <c>dataChange</c> is false there.</summary>
    public void Add(AddFile file)
    {
        Put(_add["path"], DeltaJson.EncodePath(file.Path));
        PutMap(_add, "partitionValues", 1, file.PartitionValues);
        _add["size"].Add(file.SizeBytes);
        _add["modificationTime"].Add(file.ModifiedMillis);
        _add["dataChange"].Add(0);
        if (file.Tags.Count > 0)
            PutMap(_add, "tags", 1, file.Tags);
        else
            PutNoMap(_add, "tags", 1);
        Put(_add["stats"], file.Stats);
        EndRow(_add);
    }

    /// <summary>A file that left the table.</summary>
    public void Add(RemoveFile file)
    {
        Put(_remove["path"], DeltaJson.EncodePath(file.Path));
        _remove["deletionTimestamp"].Add(file.DeletedMillis);
        _remove["dataChange"].Add(0);
        _remove["extendedFileMetadata"].Add(file.SizeBytes is null ? 0 : 1);
        PutMap(_remove, "partitionValues", 1, file.PartitionValues);
        Put(_remove["size"], file.SizeBytes);
        EndRow(_remove);
    }

    /// <summary>The whole checkpoint.</summary>
    public byte[] ToArray() => _file.ToArray();

    public void Dispose() => _file.Dispose();

    private void EndRow(Group written)
    {
        foreach (var group in _groups)
            if (group != written)
                group.AddAbsent();
        _file.EndRow();
        Actions++;
    }

    // A group is there, its column is not: definition level 1, or that of the group which holds the column.
    private static void Put(NestedColumnWriter column, string? text)
    {
        if (text is null)
            column.AddAbsent(column.MaxDefinition - 1);
        else
            PutText(column, text, false);
    }

    private static void Put(NestedColumnWriter column, long? number)
    {
        if (number is { } value)
            column.Add(value);
        else
            column.AddAbsent(column.MaxDefinition - 1);
    }

    /// <param name="level">Definition level of the group that holds the map.</param>
    private static void PutMap(Group group, string name, int level, IReadOnlyDictionary<string, string?> map)
    {
        var (keys, values) = (group[name + ".key_value.key"], group[name + ".key_value.value"]);
        if (map.Count == 0)
        {
            keys.AddAbsent(level + 1);
            values.AddAbsent(level + 1);
            return;
        }
        var continues = false;
        foreach (var (key, value) in map)
        {
            PutText(keys, key, continues);
            if (value is null)
                values.AddNull(continues);
            else
                PutText(values, value, continues);
            continues = true;
        }
    }

    private static void PutNoMap(Group group, string name, int level)
    {
        group[name + ".key_value.key"].AddAbsent(level);
        group[name + ".key_value.value"].AddAbsent(level);
    }

    private static void PutList(NestedColumnWriter elements, IReadOnlyList<string> list)
    {
        // The group, the list, its repeated member and the element have a level each.
        if (list.Count == 0)
            elements.AddAbsent(elements.MaxDefinition - 2);
        for (var i = 0; i < list.Count; i++)
            PutText(elements, list[i], i > 0);
    }

    private static void PutText(NestedColumnWriter column, string text, bool continues)
    {
        Span<byte> small = stackalloc byte[512];
        if (Encoding.UTF8.TryGetBytes(text, small, out var length))
            column.Add(small[..length], continues);
        else
            column.Add(Encoding.UTF8.GetBytes(text), continues);
    }

    /// <summary>The columns of one kind of action, by their path within it.</summary>
    private sealed class Group(NestedFileWriter file, string name)
    {
        private readonly Dictionary<string, NestedColumnWriter> _columns = file
            .Columns.Where(column => column.Path[0] == name)
            .ToDictionary(column => string.Join('.', column.Path.Skip(1)), StringComparer.Ordinal);

        public NestedColumnWriter this[string path] => _columns[path];

        public void AddAbsent()
        {
            foreach (var column in _columns.Values)
                column.AddAbsent(0);
        }
    }
}
