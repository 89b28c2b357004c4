using System.Collections.Concurrent;
using AdvertiseX.Columns;
using AdvertiseX.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// A lake: the ledger that decides and the tables that follow it, one folder a table. Safe for many threads, and many
/// processes may have the same lake open.
/// </summary>
public sealed class DataLake : IDisposable
{
    /// <summary>The application id of the ledger in the tables' transactions; its version is the ledger's.</summary>
    public const string IngestAppId = "ingest";

    private static readonly string[] ByDate = [LakeTable.PartitionColumn];
    private static readonly Dictionary<string, string?> NoProperties = [];

    private readonly ConcurrentDictionary<string, LakeTable> _tables = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    private DataLake(IObjectStore store, TimeProvider clock, LakeEngine engine)
    {
        Store = store;
        Staging = new(store);
        _clock = clock;
        Engine = engine;
        Ledger = new(store, NewDelta(IngestLedger.TableName), clock);
        Late = new(this);
    }

    /// <summary>Where the lake's files lie. What is written past the lake is not part of it.</summary>
    public IObjectStore Store { get; }

    /// <summary>How long checkpoints of its logs name files that left a table: what <see cref="Vacuum"/> is to keep
    /// has to be named so long.</summary>
    public LakeRetention Retention { get; set; } = new();

    /// <summary>Where query engines make files of the lake.</summary>
    internal StagingArea Staging { get; }

    internal IngestLedger Ledger { get; }

    /// <summary>Late rows that wait for files of their dates.</summary>
    internal LateRows Late { get; }

    /// <summary>The tables known so far, the ledger not among them, by name.</summary>
    internal IEnumerable<LakeTable> Tables => _tables.Values.OrderBy(table => table.Name, StringComparer.Ordinal);

    /// <summary>The tables known so far and the ledger.</summary>
    internal IEnumerable<LakeTable> AllTables =>
        [.. Tables, new LakeTable(IngestLedger.TableName, Ledger.Delta, Store)];

    internal LakeEngine Engine { get; }

    internal TimeProvider Clock => _clock;

    /// <summary>Opens the lake in a folder and applies what an interrupted run left unapplied.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="create">Make the lake, or tables and columns that it lacks.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    /// <param name="engine">Limits of the DuckDB instance that the lake opens for itself when it needs one; null for
    /// the defaults.</param>
    /// <param name="cancellation">Stops between two commits.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range.</exception>
    /// <exception cref="LakeException">The path is not that of a folder, or the folder is no lake and
    /// <paramref name="create"/> is false.</exception>
    /// <exception cref="DeltaException">A log is damaged.</exception>
    public static ValueTask<DataLake> OpenAsync(
        string path,
        bool create = false,
        TimeProvider? clock = null,
        DuckDbEngineOptions? engine = null,
        CancellationToken cancellation = default
    )
    {
        RequireFolder(path);
        return OpenAsync(new LocalObjectStore(path), path, create, clock, engine, cancellation);
    }

    /// <summary>Opens the lake in a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="create">Make the lake, or tables and columns that it lacks.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    /// <param name="engine">Limits of the DuckDB instance that the lake opens for itself when it needs one; null for
    /// the defaults.</param>
    /// <param name="cancellation">Stops between two commits.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range.</exception>
    /// <exception cref="LakeException">The store holds no lake, and <paramref name="create"/> is false.</exception>
    /// <exception cref="DeltaException">A log is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public static ValueTask<DataLake> OpenAsync(
        IObjectStore store,
        string name,
        bool create = false,
        TimeProvider? clock = null,
        DuckDbEngineOptions? engine = null,
        CancellationToken cancellation = default
    ) =>
        OpenAsync(
            store,
            name,
            create,
            clock ?? TimeProvider.System,
            new LakeEngine(OptionCheck.Require(engine ?? new DuckDbEngineOptions())),
            cancellation
        );

    /// <summary>The same with an engine, which the lake disposes.</summary>
    internal static async ValueTask<DataLake> OpenAsync(
        IObjectStore store,
        string name,
        bool create,
        TimeProvider clock,
        LakeEngine engine,
        CancellationToken cancellation = default
    )
    {
        var lake = await OpenUnappliedAsync(store, name, create, clock, engine, cancellation);
        try
        {
            await lake.ApplyAllAsync(cancellation);
            return lake;
        }
        catch
        {
            lake.Dispose();
            throw;
        }
    }

    /// <summary>Opens the lake in a folder and writes nothing: what an interrupted run left unapplied stays
    /// so.</summary>
    /// <exception cref="LakeException">The folder is no lake.</exception>
    /// <exception cref="DeltaException">A log is damaged.</exception>
    internal static ValueTask<DataLake> OpenUnappliedAsync(
        string path,
        TimeProvider clock,
        DuckDbEngineOptions engine,
        CancellationToken cancellation
    )
    {
        RequireFolder(path);
        var opened = new LakeEngine(OptionCheck.Require(engine));
        return OpenUnappliedAsync(new LocalObjectStore(path), path, create: false, clock, opened, cancellation);
    }

    /// <summary>The same in a store, with an engine, which the lake disposes.</summary>
    internal static async ValueTask<DataLake> OpenUnappliedAsync(
        IObjectStore store,
        string name,
        bool create,
        TimeProvider clock,
        LakeEngine engine,
        CancellationToken cancellation
    )
    {
        var lake = new DataLake(store, clock, engine);
        try
        {
            var isThere = await lake.Ledger.RefreshAsync(cancellation) >= 0;
            if (isThere)
                LakeFormat.Require(lake.Ledger.Delta.Latest, name);
            if (create)
                await lake.CreateAsync(cancellation);
            else if (!isThere)
                throw new LakeException(
                    $"{name} is no lake: it has no {IngestLedger.TableName}; adx ingest, adx stream and adx serve make one."
                );
            await lake.FindTablesAsync(cancellation);
            return lake;
        }
        catch
        {
            lake.Dispose();
            throw;
        }
    }

    /// <summary>The table of that name.</summary>
    /// <exception cref="LakeException">The lake has no such table.</exception>
    internal LakeTable Table(string name) =>
        _tables.TryGetValue(name, out var table)
            ? table
            : throw new LakeException(
                $"The lake has no table {name}; it has {string.Join(", ", Tables.Select(each => each.Name))}."
            );

    /// <summary>The table of that name, whether it is there or not; nothing is made.</summary>
    internal LakeTable TableOrUnmade(string name) => _tables.TryGetValue(name, out var table) ? table : NewTable(name);

    /// <summary>The table of that name, made if it is not there, given the columns that it lacks.</summary>
    /// <exception cref="DeltaException">It is there with columns of other types.</exception>
    internal async ValueTask<LakeTable> EnsureTableAsync(
        string name,
        DeltaSchema schema,
        IReadOnlyList<string> partitionColumns,
        CancellationToken cancellation = default
    )
    {
        var table = _tables.GetOrAdd(name, NewTable);
        await EnsureAsync(table.Delta, schema, partitionColumns, NoProperties, cancellation);
        return table;
    }

    /// <summary>The table of that name, made if it is not there, left as it is if it is.</summary>
    internal async ValueTask<LakeTable> FindOrCreateTableAsync(
        string name,
        DeltaSchema schema,
        IReadOnlyList<string> partitionColumns,
        CancellationToken cancellation
    )
    {
        var table = _tables.GetOrAdd(name, NewTable);
        await table.Delta.CreateAsync(schema, partitionColumns, NoProperties, cancellation);
        return table;
    }

    /// <summary>
    /// The files that hold a table right now, with those that the ledger decided on and that are not applied yet: what
    /// a duplicate check has to read.
    /// </summary>
    /// <param name="table">Name of the table.</param>
    /// <param name="dates">Only these partitions; null for all.</param>
    /// <param name="cancellation">Stops the reading.</param>
    internal async ValueTask<LakeFiles> FilesAsync(
        string table,
        IReadOnlySet<DateOnly>? dates = null,
        CancellationToken cancellation = default
    )
    {
        var source = Table(table);
        // The table first: whatever it has applied, the ledger read after it knows.
        var snapshot = await source.Delta.RefreshAsync(cancellation);
        var ledger = await Ledger.RefreshAsync(cancellation);
        var applied = snapshot.TransactionOf(IngestAppId);
        var parts = source.PartsOf(snapshot, dates).ToList();
        var waiting = new List<LakeFile>(await Late.WaitingAsync(source, snapshot, ledger, cancellation));
        foreach (var version in Ledger.State.StagedAfter(table, applied).Where(version => version <= ledger))
        {
            if (await Ledger.ReadEntryAsync(version, cancellation) is not { } entry)
                continue;
            if (entry.RemovesFrom(table))
            {
                // Rows that are to leave still lie in the table's files.
                await ApplyAsync(cancellation);
                return await FilesAsync(table, dates, cancellation);
            }
            waiting.AddRange(
                entry
                    .FilesOf(table)
                    .Where(file => !file.IsLate)
                    .Where(file => dates is null || (file.PartitionDate is { } date && dates.Contains(date)))
                    .Select(file => source.Staged(file, version))
            );
        }
        if (waiting.Count > 0)
            parts.Add([.. waiting]);
        // What another thread applied meanwhile is no longer known to wait, and not in this snapshot.
        return IsAppliedAlike(snapshot, source.Delta.Latest)
            ? new(ledger, snapshot.Version, parts)
            : await FilesAsync(table, dates, cancellation);
    }

    private static bool IsAppliedAlike(DeltaSnapshot left, DeltaSnapshot right) =>
        left.TransactionOf(IngestAppId) == right.TransactionOf(IngestAppId)
        && left.TransactionOf(LateRows.AppId) == right.TransactionOf(LateRows.AppId);

    /// <summary>Files that the ledger decided on and that are not in their tables yet.</summary>
    internal async ValueTask<IReadOnlyList<LakeFile>> UnappliedFilesAsync(CancellationToken cancellation = default)
    {
        var files = new List<LakeFile>();
        foreach (var (version, entry, tables) in await UnappliedAsync(cancellation))
            files.AddRange(
                entry
                    .Files.Where(file => tables.Contains(file.Table) && !file.IsLate)
                    .Select(file => Table(file.Table).Staged(file, version))
            );
        return files;
    }

    /// <summary>
    /// Reads on to what other processes and other open lakes have committed, tables that are new among it; readers
    /// opened afterwards see it. A lake sees its own commits without.
    /// </summary>
    /// <exception cref="DeltaException">A log is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask RefreshAsync(CancellationToken cancellation = default)
    {
        await FindTablesAsync(cancellation);
        await ApplyAsync(cancellation);
    }

    /// <summary>
    /// Adds staged files to their tables, in the ledger's order, one commit a table and batch, and late rows that
    /// waited for a minute. Anyone may do so at any time, many at once: the transaction in each commit lets it happen
    /// once. Returns the commits made.
    /// </summary>
    /// <exception cref="DeltaException">A log is damaged.</exception>
    /// <exception cref="IOException">The store failed; calling again goes on where it stopped.</exception>
    public ValueTask<int> ApplyAsync(CancellationToken cancellation = default) =>
        ApplyTablesAsync(waitsLong: true, cancellation);

    /// <summary>The same with all late rows.</summary>
    internal ValueTask<int> ApplyAllAsync(CancellationToken cancellation = default) =>
        ApplyTablesAsync(waitsLong: false, cancellation);

    /// <summary>The same; false where the store, which may be a full disk, does not take it. What was not applied then
    /// stays staged.</summary>
    /// <exception cref="DeltaException">A log is damaged.</exception>
    internal async ValueTask<bool> TryApplyAllAsync(CancellationToken cancellation)
    {
        try
        {
            await ApplyAllAsync(cancellation);
            return true;
        }
        catch (Exception failed) when (failed is IOException or QueryException)
        {
            return false;
        }
    }

    private async ValueTask<int> ApplyTablesAsync(bool waitsLong, CancellationToken cancellation)
    {
        var commits = 0;
        foreach (var (version, entry, tables) in await UnappliedAsync(cancellation))
        {
            foreach (var table in tables)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await ApplyEntryAsync(Table(table), entry, version, cancellation))
                    commits++;
                FaultPoint.Reach("apply: table committed");
            }
        }
        foreach (var table in Ledger.State.LateTables().Select(Table))
            if (await Late.ApplyAsync(table, waitsLong, cancellation))
                commits++;
        return commits;
    }

    /// <summary>Waits for checkpoints and positions that are being written, and closes the lake.</summary>
    public void Dispose()
    {
        Task.WhenAll([.. AllTables.Select(table => table.Delta.Checkpoints.WrittenAsync()), Ledger.SavedAsync()])
            .GetAwaiter()
            .GetResult();
        Ledger.Dispose();
        Engine.Dispose();
    }

    private static void RequireFolder(string path)
    {
        // A link to nothing exists too.
        if (!Directory.Exists(path) && Path.Exists(path))
            throw new LakeException($"{path} is not a folder.");
    }

    private async ValueTask<bool> ApplyEntryAsync(
        LakeTable table,
        LedgerEntry entry,
        long version,
        CancellationToken cancellation
    )
    {
        // Rows that are to leave may be late ones.
        if (entry.RemovesFrom(table.Name))
            await Late.ApplyAsync(table, waitsLong: false, cancellation);
        while (true)
        {
            var snapshot = table.Delta.Latest;
            var now = _clock.GetUtcNow();
            var removal = await TailRemoval.WriteAsync(this, table, snapshot, entry, cancellation);
            var change = new DeltaChange("WRITE")
            {
                Adds =
                [
                    .. entry
                        .FilesOf(table.Name)
                        .Where(file => !file.IsLate)
                        .Select(file => LakeTable.AddOf(file, snapshot.Metadata, now, new(version, version))),
                    .. removal.Adds,
                ],
                Removes = removal.Removes,
                Transaction = new(IngestAppId, version, now.ToUnixTimeMilliseconds()),
                Parameters = new Dictionary<string, string?> { ["mode"] = "Append", ["batchId"] = entry.BatchId },
            };
            var result = await table.Delta.CommitAsync(change, snapshot, cancellation);
            if (result.Outcome == DeltaCommitOutcome.Committed)
                return true;
            await removal.DropAsync(this, table);
            if (result.Outcome == DeltaCommitOutcome.AlreadyThere)
                return false;
            // Columns were added meanwhile; the files fit all the same. Or a file to rewrite was compacted away.
            // Anything else is a broken log.
            if (result.Snapshot.HasShapeOf(snapshot) && removal.Removes.Count == 0)
                throw new DeltaException(
                    $"Version {version} of {IngestLedger.TableName} cannot be applied to {table.Name}: {result.Reason}"
                );
        }
    }

    /// <summary>Ledger versions with files that are missing in their tables, in order, with those tables.</summary>
    private async ValueTask<List<(long Version, LedgerEntry Entry, List<string> Tables)>> UnappliedAsync(
        CancellationToken cancellation
    )
    {
        await Ledger.RefreshAsync(cancellation);
        var state = Ledger.State;
        var tables = new SortedDictionary<long, List<string>>();
        foreach (var name in state.LastStaged.Keys.Where(name => !LateRows.IsName(name)))
        {
            var txn = (await Table(name).Delta.RefreshAsync(cancellation)).TransactionOf(IngestAppId);
            Ledger.Applied(name, txn);
            foreach (var version in state.StagedAfter(name, txn))
            {
                if (!tables.TryGetValue(version, out var of))
                    tables.Add(version, of = []);
                of.Add(name);
            }
        }
        var unapplied = new List<(long, LedgerEntry, List<string>)>();
        foreach (var (version, of) in tables)
            if (await Ledger.ReadEntryAsync(version, cancellation) is { } entry)
                unapplied.Add((version, entry, of));
        return unapplied;
    }

    private async ValueTask CreateAsync(CancellationToken cancellation)
    {
        foreach (var table in FactTables.All)
            await EnsureTableAsync(table.Name, DeltaSchema.Of(table), PartitionsOf(table), cancellation);
        // The ledger last: a folder is a lake once it is there.
        await EnsureAsync(Ledger.Delta, LedgerRows.Schema, [], LakeFormat.Properties, cancellation);
    }

    private static string[] PartitionsOf(TableSchema table) =>
        table.Columns.Any(column => column.Partition) ? ByDate : [];

    private static async ValueTask EnsureAsync(
        DeltaTable table,
        DeltaSchema schema,
        IReadOnlyList<string> partitionColumns,
        IReadOnlyDictionary<string, string?> properties,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var snapshot = await table.CreateAsync(schema, partitionColumns, properties, cancellation);
            if (!snapshot.Metadata.PartitionColumns.SequenceEqual(partitionColumns))
                throw new DeltaException(
                    $"{table.Folder} is partitioned by {string.Join(", ", snapshot.Metadata.PartitionColumns)}."
                );
            var wanted = snapshot.Schema.With(schema);
            if (ReferenceEquals(wanted, snapshot.Schema))
                return;
            var change = new DeltaChange("ADD COLUMNS")
            {
                Metadata = snapshot.Metadata with { SchemaString = wanted.ToJson() },
            };
            if ((await table.CommitAsync(change, snapshot, cancellation)).Outcome == DeltaCommitOutcome.Committed)
                return;
        }
    }

    private async ValueTask FindTablesAsync(CancellationToken cancellation)
    {
        await foreach (var name in TableNamesAsync(cancellation))
        {
            if (name == IngestLedger.TableName)
                continue;
            await _tables.GetOrAdd(name, NewTable).Delta.RefreshAsync(cancellation);
        }
    }

    private async IAsyncEnumerable<string> TableNamesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        foreach (var folder in await Store.FoldersAsync(cancellation))
        {
            if (
                await Store.FindAsync($"{folder}/_delta_log/_last_checkpoint", cancellation) is not null
                || await Store.FindAsync($"{folder}/_delta_log/{0L:D20}.json", cancellation) is not null
            )
            {
                yield return folder;
            }
        }
    }

    private LakeTable NewTable(string name) => new(name, NewDelta(name), Store);

    private DeltaTable NewDelta(string name) => new(Store, name, Engine, _clock, () => Retention.Files);
}
