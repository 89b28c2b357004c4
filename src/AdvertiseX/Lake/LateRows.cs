using System.Collections.Concurrent;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>
/// Late rows of live streams (<c>docs/decisions/057-late-rows.md</c>). A commit stages those of one table in one file,
/// whatever their dates; once a minute all that wait are written to files of their dates, in one commit of the table.
/// Any process may do it, and the transaction in the commit lets it happen once. Thread-safe.
/// </summary>
internal sealed class LateRows(DataLake lake)
{
    /// <summary>Where files with late rows lie below their table's folder; readers of Delta pass over it.</summary>
    public const string Folder = "_late";

    /// <summary>The application id in the tables' transactions of what late rows are in them; its version is the
    /// ledger's.</summary>
    public const string AppId = "ingest_late";

    /// <summary>Rows wait so long at most while anybody commits, and those who do share the work by chance.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _jitter = Wait * 0.2 * Random.Shared.NextDouble();
    private readonly ConcurrentDictionary<string, (long Applied, long Since)> _waiting = new(StringComparer.Ordinal);

    // Those of the last minute are asked for with every commit.
    private const int MostFiles = 1_000;
    private readonly ConcurrentDictionary<(string Table, long Version), IReadOnlyList<LakeFile>> _files = [];

    /// <summary>The name under which a table's late rows are counted.</summary>
    public static string NameOf(string table) => $"{table}/{Folder}";

    /// <summary>Whether a name is one of <see cref="NameOf"/>.</summary>
    public static bool IsName(string name) => name.EndsWith("/" + Folder, StringComparison.Ordinal);

    /// <summary>The table of such a name.</summary>
    public static string TableOf(string name) => name[..^(Folder.Length + 1)];

    /// <summary>Whether a path, relative to a table's folder, is that of a file with late rows.</summary>
    public static bool IsLate(string path) => path.StartsWith(Folder + "/", StringComparison.Ordinal);

    /// <summary>A path of its own for a file with late rows.</summary>
    public static string NewPath() => $"{Folder}/part-{Guid.NewGuid():N}.parquet";

    /// <summary>Files with late rows that are not in files of their dates yet.</summary>
    /// <param name="table">The table.</param>
    /// <param name="snapshot">The table as it is.</param>
    /// <param name="last">The last ledger version whose rows are asked for.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async ValueTask<IReadOnlyList<LakeFile>> WaitingAsync(
        LakeTable table,
        DeltaSnapshot snapshot,
        long last,
        CancellationToken cancellation
    )
    {
        var applied = snapshot.TransactionOf(AppId);
        lake.Ledger.Applied(NameOf(table.Name), applied);
        var files = new List<LakeFile>();
        var versions = lake.Ledger.State.StagedAfter(NameOf(table.Name), applied);
        foreach (var version in versions.Where(version => version <= last))
        {
            if (!_files.TryGetValue((table.Name, version), out var staged))
                _files[(table.Name, version)] = staged = await StagedByAsync(table, version, cancellation);
            files.AddRange(staged);
        }

        if (_files.Count > MostFiles)
            foreach (var old in _files.Keys.Where(old => old.Table == table.Name && old.Version <= applied))
                _files.TryRemove(old, out _);
        return files;
    }

    /// <summary>Writes what waits to files of its dates; false when there was nothing, or another did it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="waitsLong">Only if it has waited for a minute.</param>
    /// <param name="cancellation">Stops before the commit.</param>
    /// <exception cref="DeltaException">A file is damaged or not there.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<bool> ApplyAsync(LakeTable table, bool waitsLong, CancellationToken cancellation)
    {
        while (true)
        {
            var snapshot = await table.Delta.RefreshAsync(cancellation);
            var last = lake.Ledger.State.LastStaged.GetValueOrDefault(NameOf(table.Name), -1);
            if (!IsDue(table.Name, snapshot.TransactionOf(AppId), last, waitsLong))
                return false;
            var waiting = await WaitingAsync(table, snapshot, last, cancellation);
            if (await TryWriteAsync(table, snapshot, waiting, cancellation) is not { } written)
                continue;
            FaultPoint.Reach("late: files written");
            var now = lake.Clock.GetUtcNow();
            var ledger = LedgerRange.Over([.. waiting.Select(file => file.Ledger)]);
            var change = new DeltaChange("WRITE")
            {
                Adds = [.. written.Select(file => LakeTable.AddOf(file, snapshot.Metadata, now, ledger))],
                Transaction = new(AppId, last, now.ToUnixTimeMilliseconds()),
                // Another process that knew of fewer versions may have applied a part of these rows.
                StillWanted = (latest, _) =>
                    ValueTask.FromResult(latest.TransactionOf(AppId) == snapshot.TransactionOf(AppId)),
                Parameters = new Dictionary<string, string?> { ["mode"] = "Append", ["late"] = "true" },
            };
            var result = await table.Delta.CommitAsync(change, snapshot, cancellation);
            FaultPoint.Reach("late: committed");
            if (result.Outcome == DeltaCommitOutcome.Committed)
            {
                await NoteAsync(table, result.Version, now, waiting, cancellation);
                return true;
            }

            foreach (var file in written)
                await FactFile.DropAsync(lake.Store, file);
            if (result.Outcome == DeltaCommitOutcome.AlreadyThere)
                return false;
            // Columns were added meanwhile, or a part of the rows.
        }
    }

    /// <summary>Files with late rows, written before a time, that do not wait any more or that nobody committed. Most
    /// have gone before, by the notes of <see cref="CompactedFiles"/>.</summary>
    /// <param name="table">The table.</param>
    /// <param name="before">Younger ones may yet be committed by their writer.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<IReadOnlyList<StoredObject>> UnwantedAsync(
        LakeTable table,
        DateTimeOffset before,
        CancellationToken cancellation
    )
    {
        // Listed first: what is staged meanwhile is then seen to wait.
        var found = new List<StoredObject>();
        await foreach (var file in lake.Store.ListAsync($"{table.Name}/{Folder}/", null, cancellation))
            found.Add(file);
        if (found.Count == 0)
            return [];
        await lake.Ledger.RefreshAsync(cancellation);
        var snapshot = await table.Delta.RefreshAsync(cancellation);
        var waiting = (await WaitingAsync(table, snapshot, long.MaxValue, cancellation))
            .Select(file => file.Key)
            .ToHashSet(StringComparer.Ordinal);
        var unwanted = new List<StoredObject>();
        foreach (var file in found)
        {
            if (file.Modified > before || waiting.Contains(file.Key))
                continue;
            unwanted.Add(file);
            var sidecar = KeyPaths.SidecarOf(table.Name, file.Key[(table.Name.Length + 1)..]);
            if (await lake.Store.FindAsync(sidecar, cancellation) is { } keys)
                unwanted.Add(keys);
        }

        return unwanted;
    }

    private ValueTask NoteAsync(
        LakeTable table,
        long version,
        DateTimeOffset time,
        IReadOnlyList<LakeFile> files,
        CancellationToken cancellation
    ) => new CompactedFiles(lake).AddAsync(table, version, time, files.Select(file => file.Path), cancellation);

    private async ValueTask<IReadOnlyList<LakeFile>> StagedByAsync(
        LakeTable table,
        long version,
        CancellationToken cancellation
    ) =>
        await lake.Ledger.ReadEntryAsync(version, cancellation) is { } entry
            ? [.. entry.FilesOf(table.Name).Where(file => file.IsLate).Select(file => table.Staged(file, version))]
            : [];

    // Nobody notes when a row began to wait; this process counts from when it first saw that something does.
    private bool IsDue(string table, long applied, long last, bool waitsLong)
    {
        if (last <= applied)
            return false;
        if (!waitsLong)
            return true;
        var now = lake.Clock.GetTimestamp();
        var (seen, since) = _waiting.GetOrAdd(table, (applied, now));
        if (seen != applied)
            _waiting[table] = (applied, since = now);
        return lake.Clock.GetElapsedTime(since, now) >= Wait + _jitter;
    }

    // Null when another did it long ago, so that the files are deleted.
    private async ValueTask<IReadOnlyList<StagedFile>?> TryWriteAsync(
        LakeTable table,
        DeltaSnapshot snapshot,
        IReadOnlyList<LakeFile> waiting,
        CancellationToken cancellation
    )
    {
        try
        {
            return await WriteAsync(table.Name, waiting, cancellation);
        }
        catch (Exception absent) when (ObjectAbsence.IsCauseOf(absent))
        {
            if ((await table.Delta.RefreshAsync(cancellation)).TransactionOf(AppId) == snapshot.TransactionOf(AppId))
                throw new DeltaException($"A file with late rows is not there: {absent.Message}", absent);
            return null;
        }
    }

    private async ValueTask<IReadOnlyList<StagedFile>> WriteAsync(
        string table,
        IReadOnlyList<LakeFile> waiting,
        CancellationToken cancellation
    )
    {
        using var rows = Read(FactTables.All.Single(schema => schema.Name == table), waiting);
        using var order = OrderOf(rows);
        var written = new List<StagedFile>();
        try
        {
            for (var i = 0; i < order.DateCount; i++)
            {
                var (index, date) = (i, order.DateAt(i));
                written.Add(
                    await FactFile.WriteAsync(
                        lake.Store,
                        rows,
                        () => order.RowsAt(index),
                        LakeTable.NewFilePath(date),
                        date,
                        new ParquetOptions(),
                        cancellation
                    )
                );
            }
        }
        catch
        {
            foreach (var file in written)
                await FactFile.DropAsync(lake.Store, file);
            throw;
        }

        return written;
    }

    private ColumnBatch Read(TableSchema schema, IReadOnlyList<LakeFile> waiting)
    {
        var rows = new ColumnBatch(schema);
        using var scratch = new DecodeScratch();
        foreach (var file in waiting)
        {
            if (file.Hash is { } hash && StagingArea.HashOf(lake.Store, file.Key, default) != hash)
                throw new DeltaException($"{file.Key} is damaged: the ledger says hash {hash}.");
            using var content = lake.Store.OpenReader(file.Key);
            var input = new RangeInput(content.Length, content.Read);
            var result = ParquetBatchReader.ReadAll(input, schema, scratch, rows);
            if (!result.IsOk)
                throw new DeltaException($"{file.Key} cannot be read: {result.Detail}");
        }

        SetDates(rows);
        return rows;
    }

    // The date stands in no file: it is the event time's.
    private static unsafe void SetDates(ColumnBatch rows)
    {
        var times = rows.Int64("event_time").Values;
        var dates = rows.Int32("event_date");
        for (var row = 0; row < rows.Rows; row++)
            dates.Set(row, LakeFile.DayOf(times[row]));
    }

    private static unsafe RowOrder OrderOf(ColumnBatch rows) => new(rows, null);
}
