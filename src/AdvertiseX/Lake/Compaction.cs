using AdvertiseX.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>
/// Merges the small files of a partition into few, rows ordered by campaign and time. The commit changes no data
/// (<c>dataChange=false</c>) and conflicts only if another process removed one of its files; then the merge is dropped.
/// </summary>
public static class Compaction
{
    private static readonly string[] Order = ["campaign_id", "event_time", "committed_time"];

    /// <summary>Compacts every table, the ledger too, that has a partition with many small files.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="engine">Reads and writes the files.</param>
    /// <param name="options">When and how.</param>
    /// <param name="cancellation">Stops between two merges, or in one; a merge that did not end left nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="QueryException">A file cannot be read.</exception>
    /// <exception cref="DeltaException">A file to be merged is damaged.</exception>
    public static async ValueTask<IReadOnlyList<CompactionReport>> RunAsync(
        DataLake lake,
        IQueryEngine engine,
        CompactionOptions options,
        CancellationToken cancellation = default
    )
    {
        OptionCheck.Require(options);
        var reports = new List<CompactionReport>();
        foreach (var table in lake.AllTables)
        {
            var report = await RunAsync(lake, table, engine, options, cancellation);
            if (report.Before > 0 || report.Conflicts > 0)
                reports.Add(report);
        }
        return reports;
    }

    /// <summary>Compacts one table.</summary>
    internal static async ValueTask<CompactionReport> RunAsync(
        DataLake lake,
        LakeTable table,
        IQueryEngine engine,
        CompactionOptions options,
        CancellationToken cancellation = default
    )
    {
        OptionCheck.Require(options);
        var report = new CompactionReport(table.Name, 0, 0, 0, 0);
        var snapshot = await table.Delta.RefreshAsync(cancellation);
        foreach (var group in Plan(snapshot, options))
        {
            var change = await MergeAsync(lake, table, snapshot, group, engine, cancellation);
            var result = await table.Delta.CommitAsync(change, snapshot, cancellation);
            if (result.Outcome == DeltaCommitOutcome.Committed)
            {
                report = report with
                {
                    Before = report.Before + group.Count,
                    After = report.After + change.Adds.Count,
                    Rows = report.Rows + change.Adds.Sum(add => add.Rows ?? 0),
                };
                continue;
            }
            report = report with { Conflicts = report.Conflicts + 1 };
            await DropAsync(lake, table, change);
        }
        return report;
    }

    /// <summary>Groups of small files of one partition, each about as large as a file should be.</summary>
    internal static IEnumerable<IReadOnlyList<AddFile>> Plan(DeltaSnapshot snapshot, CompactionOptions options)
    {
        var partitions = snapshot
            .Files.Values.Where(file => file.SizeBytes < options.TargetBytes / 2)
            .GroupBy(file => file.EventDate)
            .Where(partition => partition.Count() >= options.MinFiles);
        foreach (var partition in partitions)
        {
            var group = new List<AddFile>();
            long bytes = 0;
            foreach (
                var file in partition
                    .OrderBy(file => file.ModifiedMillis)
                    .ThenBy(file => file.Path, StringComparer.Ordinal)
            )
            {
                group.Add(file);
                bytes += file.SizeBytes;
                if (bytes < options.TargetBytes)
                    continue;
                if (group.Count > 1)
                    yield return group;
                group = [];
                bytes = 0;
            }
            if (group.Count > 1)
                yield return group;
        }
    }

    private static async ValueTask<DeltaChange> MergeAsync(
        DataLake lake,
        LakeTable table,
        DeltaSnapshot snapshot,
        IReadOnlyList<AddFile> group,
        IQueryEngine engine,
        CancellationToken cancellation
    )
    {
        RequireUndamaged(lake, table, group, cancellation);
        var columns = snapshot
            .Schema.Columns.Where(column => !snapshot.Metadata.PartitionColumns.Contains(column.Name))
            .ToList();
        var set = new ParquetSet(
            "files",
            [.. columns.Select(column => new ParquetColumn(column.Name, column.SqlType))],
            [.. group.Select(file => table.AddressOf(file.Path))]
        )
        {
            FilesMayLackColumns = true,
        };
        ParquetOutput Layout(string folder) =>
            new(folder)
            {
                SortColumns = [.. Order.Where(name => columns.Any(column => column.Name == name))],
                IsVersion2 = LakeTable.CanBeVersion2(columns),
            };
        var select =
            $"SELECT {string.Join(", ", columns.Select(column => engine.Dialect.Name(column.Name)))} FROM files";
        var written = await lake.Staging.WriteAsync(
            engine,
            select,
            [set],
            table.Name,
            Layout,
            cancellation,
            FolderOf(group[0].Path)
        );
        var now = lake.Clock.GetUtcNow();
        var adds = new List<AddFile>();
        foreach (var file in written)
            adds.Add(await AddOfAsync(lake, group, file, written.Count == 1, now, cancellation));
        var change = new DeltaChange("OPTIMIZE")
        {
            Adds = adds,
            Removes = [.. group.Select(file => RemoveFile.Of(file, now, dataChange: false))],
        };
        if (adds.Sum(add => add.Rows) == group.Sum(file => file.Rows))
            return change;
        await DropAsync(lake, table, change);
        throw new DeltaException(
            $"{group.Count} files of {table.Name} were said to hold {group.Sum(file => file.Rows)} rows, and {adds.Sum(add => add.Rows)} were read."
        );
    }

    /// <summary>Merged files get a hash of their own, which would vouch for damage that came from their
    /// inputs.</summary>
    /// <exception cref="DeltaException">A file does not have the bytes that the log says.</exception>
    private static void RequireUndamaged(
        DataLake lake,
        LakeTable table,
        IReadOnlyList<AddFile> group,
        CancellationToken cancellation
    )
    {
        foreach (var file in group)
            if (file.Hash is { } hash && StagingArea.HashOf(lake.Store, table.KeyOf(file.Path), cancellation) != hash)
                throw new DeltaException(
                    $"{table.KeyOf(file.Path)} is damaged and was not merged: its hash is not {hash}. Put it back from a backup."
                );
    }

    /// <summary>The partition's folder below the table's; empty for none.</summary>
    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static async ValueTask<AddFile> AddOfAsync(
        DataLake lake,
        IReadOnlyList<AddFile> group,
        StagedFile file,
        bool holdsAll,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var kept = await lake.Staging.SealAsync(file, cancellation);
        var stats = holdsAll ? MergedStatistics.Of([.. group.Select(input => input.Stats)]) : null;
        return new(
            file.Path,
            group[0].PartitionValues,
            kept.SizeBytes,
            now.ToUnixTimeMilliseconds(),
            false,
            stats ?? $"{{\"numRecords\":{file.Rows}}}"
        )
        {
            Tags = AddFile.TagsOf(kept.Hash, LedgerRange.Over([.. group.Select(input => input.Ledger)])),
        };
    }

    private static async ValueTask DropAsync(DataLake lake, LakeTable table, DeltaChange change)
    {
        foreach (var add in change.Adds)
            await lake.Store.DeleteAsync(table.KeyOf(add.Path), CancellationToken.None);
    }
}
