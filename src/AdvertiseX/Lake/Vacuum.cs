using AdvertiseX.Configuration;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Deletes what no reader may want any more: never a file of a snapshot within retention, of a ledger version that is
/// not applied, or one so young that its writer may still be about to commit it. A full disk does not keep it from
/// making room.
/// </summary>
public static class Vacuum
{
    /// <summary>Vacuums every table of a lake, the ledger too, and cleans the logs. Safe beside running
    /// writers.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="retention">How long things are kept.</param>
    /// <param name="dryRun">Delete nothing, only say what would go. What the ledger decided on is added to its tables
    /// all the same, if there is room.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="ArgumentOutOfRangeException">A retention is out of its range.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public static ValueTask<VacuumReport> RunAsync(
        DataLake lake,
        LakeRetention retention,
        bool dryRun,
        CancellationToken cancellation = default
    ) => RunAsync(lake, retention, null, dryRun, cancellation);

    /// <summary>The same, with the files of merges that nobody needs any more.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="retention">How long things are kept.</param>
    /// <param name="followed">How far those have got who read the changes of tables; null where that is not known:
    /// files of merges then stay as long as others.</param>
    /// <param name="dryRun">Delete nothing, only say what would go.</param>
    /// <param name="cancellation">Stops between two files.</param>
    internal static async ValueTask<VacuumReport> RunAsync(
        DataLake lake,
        LakeRetention retention,
        FollowedVersions? followed,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        OptionCheck.Require(retention);
        var isApplied = await lake.TryApplyAllAsync(cancellation);
        var now = lake.Clock.GetUtcNow();
        List<StoredObject> files = followed is null
            ? []
            : [.. await DeleteCompactedAsync(lake, retention, followed, dryRun, cancellation)];
        var logFiles = new List<StoredObject>();
        var before = files.Select(file => file.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var table in lake.AllTables)
        {
            var unwanted = (await UnwantedFilesAsync(lake, table, retention, now, cancellation))
                .Where(file => !before.Contains(file.Key))
                .ToList();
            unwanted.AddRange(await KeyGarbage.FindAsync(lake.Store, table.Name, now, cancellation));
            unwanted.AddRange(
                await lake.Late.UnwantedAsync(table, now - Longer(retention.Files, retention.Unnamed), cancellation)
            );
            // What is to be applied stands in the ledger's log.
            var ofLog =
                table.Name == IngestLedger.TableName && !isApplied
                    ? []
                    : await LogVacuum.UnwantedAsync(lake, table, retention, now, dryRun, cancellation);
            if (!dryRun)
                await DeleteAsync(lake, unwanted.Concat(ofLog), cancellation);
            files.AddRange(unwanted);
            logFiles.AddRange(ofLog);
        }
        var drafts = await UnwantedDraftsAsync(lake, now, cancellation);
        if (!dryRun)
            await DeleteAsync(lake, drafts, cancellation);
        files.AddRange(drafts);
        return new(files, logFiles, dryRun);
    }

    /// <summary>
    /// Deletes the files of merges that are older than <see cref="LakeRetention.Compacted"/> and that every follower of
    /// their table has read past. It goes by the notes of merges and lists no other folder.
    /// </summary>
    /// <returns>The files, with their sidecars.</returns>
    /// <exception cref="IOException">The store failed.</exception>
    internal static async ValueTask<IReadOnlyList<StoredObject>> DeleteCompactedAsync(
        DataLake lake,
        LakeRetention retention,
        FollowedVersions followed,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        var now = lake.Clock.GetUtcNow();
        var due = (await new CompactedFiles(lake).ReadAsync(cancellation))
            .Where(merge => IsDue(merge, now - merge.Time, retention, followed))
            .ToList();
        if (due.Count == 0)
            return [];
        var staged = (await lake.UnappliedFilesAsync(cancellation))
            .Select(file => file.Key)
            .ToHashSet(StringComparer.Ordinal);
        var deleted = new List<StoredObject>();
        foreach (var merge in due)
        {
            var table = lake.AllTables.FirstOrDefault(each => each.Name == merge.Table);
            var live = table is null ? null : (await table.Delta.RefreshAsync(cancellation)).Files;
            var files = new List<StoredObject>();
            foreach (var path in merge.Paths)
            {
                var key = LakeTable.KeyOf(merge.Table, path);
                if (live?.ContainsKey(path) != false || staged.Contains(key))
                    continue;
                foreach (var each in (string[])[key, KeyPaths.SidecarOf(merge.Table, path)])
                    if (await lake.Store.FindAsync(each, cancellation) is { } found)
                        files.Add(found);
            }
            if (!dryRun)
            {
                await DeleteAsync(lake, files, cancellation);
                await lake.Store.DeleteAsync(merge.NoteKey, cancellation);
            }
            deleted.AddRange(files);
        }
        return deleted;
    }

    private static bool IsDue(
        CompactedCommit merge,
        TimeSpan age,
        LakeRetention retention,
        FollowedVersions followed
    ) =>
        age >= retention.Files
        || (age >= retention.Compacted && (merge.IsOfLateRows || followed.HaveRead(merge.Table, merge.Version)));

    private static async ValueTask DeleteAsync(
        DataLake lake,
        IEnumerable<StoredObject> unwanted,
        CancellationToken cancellation
    )
    {
        foreach (var each in unwanted)
        {
            cancellation.ThrowIfCancellationRequested();
            await lake.Store.DeleteAsync(each.Key, cancellation);
            FaultPoint.Reach("vacuum: deleted");
        }
    }

    private static async ValueTask<List<StoredObject>> UnwantedFilesAsync(
        DataLake lake,
        LakeTable table,
        LakeRetention retention,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        // In this order: a file that is listed and committed meanwhile is then seen as staged, or as part of the table.
        var listed = new List<StoredObject>();
        await foreach (var found in lake.Store.ListAsync(table.Name + "/", null, cancellation))
            if (DataPathOf(found) is not null)
                listed.Add(found);
        var staged = (await lake.UnappliedFilesAsync(cancellation))
            .Where(file => file.Table == table.Name)
            .Select(file => file.Path)
            .ToHashSet(StringComparer.Ordinal);
        var snapshot = await table.Delta.RefreshAsync(cancellation);
        var removed = await table.Delta.ReadRemovedAsync(snapshot, cancellation);
        var data = listed.Select(found => found.Key).ToHashSet(StringComparer.Ordinal);
        return [.. listed.Where(found => IsUnwanted(found, DataPathOf(found)!))];

        // A sidecar is wanted as long as its file.
        string? DataPathOf(StoredObject found)
        {
            var path = found.Key[(table.Name.Length + 1)..];
            return LakeTable.IsDataFile(found.Key) ? path : KeyPaths.DataPathOf(path);
        }

        bool IsUnwanted(StoredObject found, string path)
        {
            if (snapshot.Files.ContainsKey(path) || staged.Contains(path))
                return false;
            if (removed.ByPath.TryGetValue(path, out var left))
                return !data.Contains(table.KeyOf(path))
                    || now - DateTimeOffset.FromUnixTimeMilliseconds(left.DeletedMillis) >= retention.Files;
            // A file that no log names left the table before that was forgotten, or was never in it.
            return now - found.Modified >= Longer(retention.Files, retention.Unnamed)
                && (removed.KnowsSince(now - retention.Files) || removed.KnowsSince(found.Modified));
        }
    }

    // A draft gets its key within seconds, or its writer was killed.
    private static async ValueTask<List<StoredObject>> UnwantedDraftsAsync(
        DataLake lake,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var unwanted = new List<StoredObject>();
        if (lake.Store is IDraftStore store)
            await foreach (var draft in store.DraftsAsync(cancellation))
                if (now - draft.Modified >= TimeSpan.FromDays(1))
                    unwanted.Add(draft);
        return unwanted;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
