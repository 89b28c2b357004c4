using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>The compaction of one table. For one thread at a time; many processes may do it at once.</summary>
internal sealed class TableCompaction
{
    private static readonly string[] Order = ["campaign_id", LakeTable.TimeColumn, "committed_time"];

    /// <summary>After a date has ended, its events still come for so long.</summary>
    private static readonly TimeSpan Closing = TimeSpan.FromHours(1);

    // A round does what is due; the next one what is due after it, or again what a conflict undid.
    private const int MostRounds = 8;

    private readonly DataLake _lake;
    private readonly LakeTable _table;
    private readonly IQueryEngine _engine;
    private readonly CompactionOptions _options;
    private readonly FoldOf? _folds;
    private CompactionReport _report;

    /// <param name="lake">The lake.</param>
    /// <param name="table">The table.</param>
    /// <param name="engine">Reads and writes the files.</param>
    /// <param name="options">When and how.</param>
    /// <param name="folds">How a version of a table is folded; null for no folding.</param>
    public TableCompaction(
        DataLake lake,
        LakeTable table,
        IQueryEngine engine,
        CompactionOptions options,
        FoldOf? folds = null
    )
    {
        (_lake, _table, _engine, _options, _folds) = (lake, table, engine, options, folds);
        _report = new CompactionReport(table.Name, 0, 0, 0, 0);
    }

    /// <summary>Merges until nothing is due, from the snapshot of the table that was read last.</summary>
    /// <exception cref="QueryException">A file cannot be read.</exception>
    /// <exception cref="DeltaException">A file to be merged is damaged.</exception>
    public async ValueTask<CompactionReport> RunAsync(CancellationToken cancellation)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var snapshot = _table.Delta.Latest;
            var merges = Plan(_lake, _table, snapshot, _options);
            if (merges.Count == 0)
                break;
            var fold = _folds is null ? null : await _folds(_table, snapshot, cancellation);
            foreach (var merge in merges)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await MergeAsync(snapshot, merge, fold, cancellation))
                    continue;
                _report = _report with { Conflicts = _report.Conflicts + 1 };
                break;
            }
        }
        return _report;
    }

    /// <summary>What is due in a snapshot of a table, partition by partition.</summary>
    public static List<PlannedMerge> Plan(
        DataLake lake,
        LakeTable table,
        DeltaSnapshot snapshot,
        CompactionOptions options
    )
    {
        var hasTimes = FactTables.All.Any(each => each.Name == table.Name && each.Has(LakeTable.TimeColumn));
        var openFrom = DateOnly.FromDateTime((lake.Clock.GetUtcNow() - Closing).UtcDateTime);
        // Partitions with fewer files need no look.
        var least = Math.Min(Math.Min(options.MinFiles, options.ClosedFiles + 1), CompactionPlanner.LeastRatio);
        return
        [
            .. snapshot
                .Files.Values.GroupBy(file => file.EventDate)
                .Where(partition => partition.Skip(least - 1).Any())
                .SelectMany(partition =>
                    CompactionPlanner.Plan(
                        [.. partition.Select(CompactionFile.Of)],
                        partition.Key < openFrom,
                        hasTimes && partition.Key is not null,
                        options
                    )
                ),
        ];
    }

    /// <summary>False when another process took one of the files; the merge is then dropped.</summary>
    private async ValueTask<bool> MergeAsync(
        DeltaSnapshot snapshot,
        PlannedMerge merge,
        SumFold? fold,
        CancellationToken cancellation
    )
    {
        var inputs = merge.Inputs.Select(file => snapshot.Files[file.Path]).ToList();
        if (fold is not null && inputs.Exists(file => fold.Unread.Contains(file.Path)))
            fold = null;
        DeltaChange change;
        try
        {
            change = await WriteAsync(snapshot, inputs, merge.IsCut, fold, cancellation);
        }
        catch (Exception failed) when (failed is IOException or QueryException)
        {
            var now = await _table.Delta.RefreshAsync(cancellation);
            if (inputs.TrueForAll(file => now.Files.ContainsKey(file.Path)))
                throw;
            return false;
        }
        var result = await _table.Delta.CommitAsync(change, snapshot, cancellation);
        if (result.Outcome != DeltaCommitOutcome.Committed)
        {
            await DropAsync(change);
            return false;
        }
        FaultPoint.Reach("compaction: committed");
        await new CompactedFiles(_lake).AddAsync(
            _table,
            result.Version,
            _lake.Clock.GetUtcNow(),
            change.Removes.Select(remove => remove.Path),
            cancellation
        );
        _report = _report with
        {
            Before = _report.Before + inputs.Count,
            After = _report.After + change.Adds.Count,
            Rows = _report.Rows + change.Adds.Sum(add => add.Rows ?? 0),
        };
        return true;
    }

    private async ValueTask<DeltaChange> WriteAsync(
        DeltaSnapshot snapshot,
        List<AddFile> inputs,
        bool isCut,
        SumFold? fold,
        CancellationToken cancellation
    )
    {
        var columns = snapshot
            .Schema.Columns.Where(column => !snapshot.Metadata.PartitionColumns.Contains(column.Name))
            .ToList();
        var set = FileMerge.SetOf(_table, columns, inputs);
        var parts =
            isCut && await MinuteCount.ReadAsync(_engine, set, inputs[0].EventDate!.Value, cancellation) is { } minutes
                ? SliceCut.Of(minutes, inputs.Sum(file => file.SizeBytes), _options.FillBytes, _options.TargetBytes)
                : null;
        string[] order = [.. Order.Where(name => columns.Any(column => column.Name == name))];
        var request = new MergeRequest(_table, columns, inputs, parts, order, fold);
        IReadOnlyList<StagedFile> files;
        try
        {
            files = await new FileMerge(_lake, _engine).WriteAsync(request, cancellation);
        }
        catch (QueryException beyond) when (fold is not null && beyond.Failure == QueryFailure.BadValue)
        {
            // A sum that is beyond 64 bits stays in parts.
            fold = null;
            files = await new FileMerge(_lake, _engine).WriteAsync(request with { Fold = null }, cancellation);
        }
        FaultPoint.Reach("compaction: files written");
        var change = MergeCommit.Of(inputs, files, parts, fold is not null, _lake.Clock.GetUtcNow());
        try
        {
            await RequireRowsAsync(inputs, fold is null ? files.Sum(file => file.Rows) : null, set, cancellation);
            return change;
        }
        catch
        {
            await DropAsync(change);
            throw;
        }
    }

    /// <summary>Compares the rows that the log promises with those that were written, or, where rows were added up,
    /// with those that the files have.</summary>
    /// <exception cref="DeltaException">They differ.</exception>
    private async ValueTask RequireRowsAsync(
        List<AddFile> inputs,
        long? written,
        ParquetSet set,
        CancellationToken cancellation
    )
    {
        if (inputs.Any(file => file.Rows is null))
            return;
        var promised = inputs.Sum(file => file.Rows!.Value);
        var read = written ?? await CountAsync(set, cancellation);
        if (read != promised)
            throw new DeltaException(
                $"{inputs.Count} files of {_table.Name} were said to hold {promised} rows, and {read} were read."
            );
    }

    private async ValueTask<long> CountAsync(ParquetSet set, CancellationToken cancellation)
    {
        using var counted = await _engine.ReadAsync("select count(*) from files", [set], cancellation);
        counted.Read();
        return counted.GetInt64(0);
    }

    private ValueTask DropAsync(DeltaChange change) =>
        new FileMerge(_lake, _engine).DropAsync(_table, change.Adds.Select(add => add.Path));
}
