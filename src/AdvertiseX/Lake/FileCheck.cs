using AdvertiseX.Lake.Delta;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>Whether a table's files are what its log says: there, of that size, with that many rows; and none lost on
/// the way.</summary>
internal sealed class FileCheck(DataLake lake, ICollection<VerifyProblem> problems)
{
    public const string Files = "files";
    public const string Staged = "staged";

    /// <summary>Live files that are whole; only these can be queried.</summary>
    public async ValueTask<IReadOnlyList<string>> RunAsync(
        LakeTable table,
        DeltaSnapshot snapshot,
        CancellationToken cancellation
    )
    {
        var whole = new List<string>();
        foreach (var file in snapshot.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            if (await FaultOfAsync(table, file, cancellation) is not { } fault)
                whole.Add(table.AddressOf(file.Path));
            else
                problems.Add(new(Files, table.KeyOf(file.Path), fault));
        }
        return whole;
    }

    /// <summary>Every file that the ledger staged is in its table, or was, or waits to be.</summary>
    public async ValueTask RunStagedAsync(
        IReadOnlyDictionary<string, DeltaSnapshot> tables,
        CancellationToken cancellation
    )
    {
        for (var version = lake.Ledger.Version; version >= 0; version--)
        {
            // Older entries are cleaned with the log; their rows stay and are counted.
            if (await lake.Ledger.Delta.ReadCommitAsync(version, cancellation) is null)
                break;
            if (await lake.Ledger.ReadEntryAsync(version, cancellation) is not { } entry)
                continue;
            foreach (var file in entry.Files)
                if (FaultOf(file, entry, tables.GetValueOrDefault(file.Table)) is { } fault)
                    problems.Add(new(Staged, $"{file.Table}/{file.Path}", fault));
        }
    }

    /// <summary>Files in the table's folder that no log names.</summary>
    public async ValueTask<int> CountUnnamedAsync(
        LakeTable table,
        DeltaSnapshot snapshot,
        CancellationToken cancellation
    )
    {
        var unnamed = 0;
        await foreach (var found in lake.Store.ListAsync(table.Name + "/", null, cancellation))
        {
            var path = found.Key[(table.Name.Length + 1)..];
            if (path.StartsWith('_') || snapshot.Files.ContainsKey(path) || snapshot.Tombstones.ContainsKey(path))
                continue;
            unnamed++;
        }
        return unnamed;
    }

    private async ValueTask<string?> FaultOfAsync(LakeTable table, AddFile file, CancellationToken cancellation)
    {
        var found = await lake.Store.FindAsync(table.KeyOf(file.Path), cancellation);
        if (found is null)
            return "the file is not there";
        if (found.Value.SizeBytes != file.SizeBytes)
            return $"the log says {file.SizeBytes} bytes, the file has {found.Value.SizeBytes}";
        using var content = lake.Store.OpenReader(table.KeyOf(file.Path));
        if (!ParquetFooter.TryRead(new ParquetInput(content.Length, content.Read), out var footer, out var fault))
            return fault;
        return file.Rows is { } rows && rows != footer.Rows
            ? $"the log says {rows} rows, the file has {footer.Rows}"
            : null;
    }

    private static string? FaultOf(StagedFile file, LedgerEntry entry, DeltaSnapshot? table)
    {
        if (table is null)
            return $"version {entry.Version} of the ledger staged it, and the table is not there";
        if (table.Files.TryGetValue(file.Path, out var add))
        {
            return add.Rows == file.Rows && add.SizeBytes == file.SizeBytes
                ? null
                : $"the ledger staged {file.Rows} rows in {file.SizeBytes} bytes, the table's log says {add.Rows} in {add.SizeBytes}";
        }
        if (table.Tombstones.ContainsKey(file.Path))
            return null;
        if (table.TransactionOf(DataLake.IngestAppId) < entry.Version)
            return $"version {entry.Version} of the ledger is not applied";
        return $"version {entry.Version} of the ledger staged it with {file.Rows} rows, and the table's log does not know it";
    }
}
