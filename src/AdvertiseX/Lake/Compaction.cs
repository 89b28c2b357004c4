using AdvertiseX.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>
/// Merges small files into larger ones, rows ordered by campaign and time, those of fact tables cut into time slices of
/// their date. The commit changes no data (<c>dataChange=false</c>) and conflicts only if another process removed one
/// of its files; then the merge is dropped and what is due is planned anew.
/// </summary>
public static class Compaction
{
    /// <summary>Compacts every table, the ledger too, that has a partition with many small files.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="engine">Reads and writes the files.</param>
    /// <param name="options">When and how.</param>
    /// <param name="cancellation">Stops between two merges, or in one; a merge that did not end left nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="QueryException">A file cannot be read.</exception>
    /// <exception cref="DeltaException">A file to be merged is damaged.</exception>
    public static ValueTask<IReadOnlyList<CompactionReport>> RunAsync(
        DataLake lake,
        IQueryEngine engine,
        CompactionOptions options,
        CancellationToken cancellation = default
    ) => RunAsync(lake, engine, options, null, cancellation);

    /// <summary>The same for tables of partial sums too, whose rows are added up on the way.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="engine">Reads and writes the files.</param>
    /// <param name="options">When and how.</param>
    /// <param name="folds">How a version of a table is folded, null for one that is not; null for no folding.</param>
    /// <param name="cancellation">Stops between two merges, or in one.</param>
    internal static async ValueTask<IReadOnlyList<CompactionReport>> RunAsync(
        DataLake lake,
        IQueryEngine engine,
        CompactionOptions options,
        FoldOf? folds,
        CancellationToken cancellation = default
    )
    {
        OptionCheck.Require(options);
        var reports = new List<CompactionReport>();
        foreach (var table in lake.AllTables)
        {
            await table.Delta.RefreshAsync(cancellation);
            var report = await new TableCompaction(lake, table, engine, options, folds).RunAsync(cancellation);
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
        await table.Delta.RefreshAsync(cancellation);
        return await new TableCompaction(lake, table, engine, options).RunAsync(cancellation);
    }
}
