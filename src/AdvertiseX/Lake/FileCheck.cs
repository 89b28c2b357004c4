using AdvertiseX.Columns;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>Whether a table's files are what its log says: there, of that size, with that many rows and those bytes;
/// and none lost on the way.</summary>
/// <param name="lake">The lake.</param>
/// <param name="problems">What does not hold is added here.</param>
/// <param name="remarks">What does no harm is added here.</param>
/// <param name="whole">Read every file and checkpoint whole.</param>
internal sealed class FileCheck(
    DataLake lake,
    ICollection<VerifyProblem> problems,
    ICollection<VerifyProblem> remarks,
    bool whole
)
{
    public const string Files = "files";
    public const string Staged = "staged";
    public const string Log = "log";
    public const string Positions = "positions";

    /// <summary>Files read whole whose log has no hash of them.</summary>
    public int Unhashed { get; private set; }

    /// <summary>Addresses of the live files that are what the log says; only these are queried.</summary>
    public async ValueTask<IReadOnlyList<string>> RunAsync(
        LakeTable table,
        DeltaSnapshot snapshot,
        CancellationToken cancellation
    )
    {
        var sound = new List<string>();
        foreach (var file in snapshot.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            if (await FaultOfAsync(table, file, cancellation) is not { } fault)
                sound.Add(table.AddressOf(file.Path));
            else
                problems.Add(new(Files, table.KeyOf(file.Path), fault));
        }
        return sound;
    }

    /// <summary>Every file that the ledger staged is in its table, or was, or waits to be.</summary>
    public async ValueTask RunStagedAsync(
        IReadOnlyDictionary<string, DeltaSnapshot> tables,
        CancellationToken cancellation
    )
    {
        var removed = new Dictionary<string, RemovedFiles>(StringComparer.Ordinal);
        foreach (var (name, snapshot) in tables)
            removed[name] = await lake.TableOrUnmade(name).Delta.ReadRemovedAsync(snapshot, cancellation);
        for (var version = lake.Ledger.Version; version >= 0; version--)
        {
            // Older entries are cleaned with the log; their rows stay and are counted.
            if (await lake.Ledger.Delta.ReadCommitAsync(version, cancellation) is null)
                break;
            if (await lake.Ledger.ReadEntryAsync(version, cancellation) is not { } entry)
                continue;
            foreach (var file in entry.Files)
                if (
                    FaultOf(file, entry, tables.GetValueOrDefault(file.Table), removed.GetValueOrDefault(file.Table)) is
                    { } fault
                )
                    problems.Add(new(Staged, $"{file.Table}/{file.Path}", fault));
        }
    }

    /// <summary>Checkpoints that cannot be read. They do no harm while the commits before them are there.</summary>
    public async ValueTask RunCheckpointsAsync(LakeTable table, CancellationToken cancellation)
    {
        if (!whole)
            return;
        await foreach (var (version, isCheckpoint, found) in table.Delta.Log.EntriesAsync(null, cancellation))
            if (isCheckpoint && await table.Delta.FaultOfCheckpointAsync(version, cancellation) is { } fault)
                remarks.Add(
                    new(
                        Log,
                        found.Key,
                        $"the checkpoint is damaged, and the commits are read instead; delete it: {fault}"
                    )
                );
    }

    /// <summary>Saved positions of streams. Without a state the log is read instead; what is in an archive stands
    /// nowhere else.</summary>
    public async ValueTask RunPositionsAsync(CancellationToken cancellation)
    {
        if (!whole)
            return;
        var (states, archive) = await lake.Ledger.FaultsOfPositionsAsync(cancellation);
        foreach (var fault in archive)
            problems.Add(new(Positions, IngestLedger.TableName, fault));
        foreach (var fault in states)
            remarks.Add(new(Positions, IngestLedger.TableName, $"the log is read instead; delete it: {fault}"));
    }

    /// <summary>Parquet files in the table's folder that no log names; other files are not the lake's.</summary>
    public async ValueTask<int> CountUnnamedAsync(
        LakeTable table,
        DeltaSnapshot snapshot,
        CancellationToken cancellation
    )
    {
        var unnamed = 0;
        var removed = await table.Delta.ReadRemovedAsync(snapshot, cancellation);
        await foreach (var found in lake.Store.ListAsync(table.Name + "/", null, cancellation))
        {
            var path = found.Key[(table.Name.Length + 1)..];
            if (
                !LakeTable.IsDataFile(found.Key)
                || snapshot.Files.ContainsKey(path)
                || removed.ByPath.ContainsKey(path)
            )
                continue;
            unnamed++;
        }
        return unnamed;
    }

    private async ValueTask<string?> FaultOfAsync(LakeTable table, AddFile file, CancellationToken cancellation)
    {
        var key = table.KeyOf(file.Path);
        var found = await lake.Store.FindAsync(key, cancellation);
        if (found is null)
            return "the file is not there";
        if (found.Value.LinkTarget is { } target)
            return $"the file is a symbolic link to {target}, which is not followed; put the file itself in its place";
        if (found.Value.SizeBytes != file.SizeBytes)
            return $"the log says {file.SizeBytes} bytes, the file has {found.Value.SizeBytes}";
        using var content = lake.Store.OpenReader(key);
        var input = new RangeInput(content.Length, content.Read);
        if (!ParquetFooter.TryRead(input, out var footer, out var fault))
            return fault;
        if (file.Rows is { } rows && rows != footer.Rows)
            return $"the log says {rows} rows, the file has {footer.Rows}";
        return whole ? FaultOfContent(file, key, input, footer, cancellation) : null;
    }

    private string? FaultOfContent(
        AddFile file,
        string key,
        RangeInput input,
        ParquetFooter footer,
        CancellationToken cancellation
    )
    {
        if (file.Hash is null)
        {
            Unhashed++;
            return null;
        }
        var hash = StagingArea.HashOf(lake.Store, key, cancellation);
        if (hash == file.Hash)
            return null;
        var damaged = PageChecksums.FirstDamaged(input, footer) is { } page ? $"; damaged: {page}" : "";
        return $"the log says hash {file.Hash}, the file has {hash}{damaged}";
    }

    private static string? FaultOf(StagedFile file, LedgerEntry entry, DeltaSnapshot? table, RemovedFiles? removed)
    {
        if (table is null || removed is null)
            return $"version {entry.Version} of the ledger staged it, and the table is not there";
        if (table.Files.TryGetValue(file.Path, out var add))
        {
            if (add.Rows != file.Rows || add.SizeBytes != file.SizeBytes)
                return $"the ledger staged {file.Rows} rows in {file.SizeBytes} bytes, the table's log says {add.Rows} in {add.SizeBytes}";
            return file.Hash is null || add.Hash == file.Hash
                ? null
                : $"the ledger staged it with hash {file.Hash}, the table's log says {add.Hash ?? "none"}";
        }
        // A file that left longer ago than logs name it is forgotten.
        if (removed.ByPath.ContainsKey(file.Path) || !removed.KnowsSince(entry.CommittedTime))
            return null;
        if (file.IsLate && table.TransactionOf(LateRows.AppId) >= entry.Version)
            return null;
        if (table.TransactionOf(DataLake.IngestAppId) < entry.Version)
            return $"version {entry.Version} of the ledger is not applied";
        return $"version {entry.Version} of the ledger staged it with {file.Rows} rows, and the table's log does not know it";
    }
}
