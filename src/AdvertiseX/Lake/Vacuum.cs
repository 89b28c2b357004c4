using AdvertiseX.Configuration;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Deletes what no reader may want any more: never a file of a snapshot within retention, of a ledger version that is
/// not applied, or one so young that its writer may still be about to commit it.
/// </summary>
public static class Vacuum
{
    /// <summary>Vacuums every table of a lake, the ledger too, and cleans the logs. Safe beside running
    /// writers.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="retention">How long things are kept.</param>
    /// <param name="dryRun">Delete nothing, only say what would go. What the ledger decided on is added to its tables
    /// all the same.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="ArgumentOutOfRangeException">A retention is out of its range.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public static async ValueTask<VacuumReport> RunAsync(
        DataLake lake,
        LakeRetention retention,
        bool dryRun,
        CancellationToken cancellation = default
    )
    {
        OptionCheck.Require(retention);
        await lake.ApplyAsync(cancellation);
        var now = lake.Clock.GetUtcNow();
        var files = new List<StoredObject>();
        var logFiles = new List<StoredObject>();
        foreach (var table in lake.AllTables)
        {
            files.AddRange(await UnwantedFilesAsync(lake, table, retention, now, cancellation));
            logFiles.AddRange(await LogVacuum.UnwantedAsync(lake, table, retention, now, dryRun, cancellation));
        }
        if (!dryRun)
        {
            foreach (var unwanted in files.Concat(logFiles))
            {
                cancellation.ThrowIfCancellationRequested();
                await lake.Store.DeleteAsync(unwanted.Key, cancellation);
            }
        }
        return new(files, logFiles, dryRun);
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
            if (LakeTable.IsDataFile(found.Key))
                listed.Add(found);
        var staged = (await lake.UnappliedFilesAsync(cancellation))
            .Where(file => file.Table == table.Name)
            .Select(file => file.Path)
            .ToHashSet(StringComparer.Ordinal);
        var snapshot = await table.Delta.RefreshAsync(cancellation);
        var removed = await table.Delta.ReadRemovedAsync(snapshot, cancellation);
        return [.. listed.Where(found => IsUnwanted(found, found.Key[(table.Name.Length + 1)..]))];

        bool IsUnwanted(StoredObject found, string path)
        {
            if (snapshot.Files.ContainsKey(path) || staged.Contains(path))
                return false;
            if (removed.ByPath.TryGetValue(path, out var left))
                return now - DateTimeOffset.FromUnixTimeMilliseconds(left.DeletedMillis) >= retention.Files;
            // A file that no log names left the table before that was forgotten, or was never in it.
            return now - found.Modified >= Longer(retention.Files, retention.Unnamed)
                && (removed.KnowsSince(now - retention.Files) || removed.KnowsSince(found.Modified));
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
