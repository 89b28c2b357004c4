using AdvertiseX.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;

namespace AdvertiseX.Maintenance;

/// <summary>
/// Compacts and vacuums what is due of a lake, beside its writers, readers and other maintenance. Where nothing is due
/// it reads on in the logs and no more. It never fails for its caller, whose work is done: what went wrong is in the
/// report.
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="catalog">The models, whose partial sums are folded.</param>
/// <param name="rules">The limits that models go by.</param>
/// <param name="options">What to do, and when.</param>
internal sealed class LakeMaintenance(
    DataLake lake,
    ModelCatalog catalog,
    TrafficRules rules,
    MaintenanceOptions options
)
{
    /// <summary>Does what is due.</summary>
    /// <param name="engine">Opens the engine that merges, if a merge is due; it is disposed.</param>
    /// <param name="cancellation">Ends it early; what was done stays, a merge that was begun leaves nothing.</param>
    public async Task<MaintenanceReport> RunAsync(Func<IQueryEngine> engine, CancellationToken cancellation)
    {
        if (!options.Enabled)
            return MaintenanceReport.Nothing;
        OptionCheck.Require(options);
        var report = MaintenanceReport.Nothing;
        try
        {
            report = await CompactDueAsync(engine, report, cancellation);
            // What a full disk kept from being merged needs the room that vacuum makes.
            return report with { Deleted = await VacuumAsync(cancellation) };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return report;
        }
        catch (Exception failed)
            when (failed
                    is IOException
                        or UnauthorizedAccessException
                        or QueryException
                        or DeltaException
                        or LakeException
            )
        {
            return report with { Fault = report.Fault ?? failed.Message };
        }
    }

    private async ValueTask<MaintenanceReport> CompactDueAsync(
        Func<IQueryEngine> engine,
        MaintenanceReport report,
        CancellationToken cancellation
    )
    {
        try
        {
            await lake.RefreshAsync(cancellation);
            if (!IsCompactionDue())
                return report;
            using var opened = engine();
            return report with { Compactions = await CompactAsync(opened, cancellation) };
        }
        catch (Exception failed) when (failed is IOException or QueryException)
        {
            return report with { Fault = failed.Message };
        }
    }

    private bool IsCompactionDue() =>
        lake.AllTables.Any(table =>
            TableCompaction.Plan(lake, table, table.Delta.Latest, options.Compaction).Count > 0
        );

    private ValueTask<IReadOnlyList<CompactionReport>> CompactAsync(
        IQueryEngine engine,
        CancellationToken cancellation
    ) =>
        Compaction.RunAsync(
            lake,
            engine,
            options.Compaction,
            new SumFolding(lake, catalog, rules).OfAsync,
            cancellation
        );

    private async ValueTask<IReadOnlyList<Lake.Storage.StoredObject>> VacuumAsync(CancellationToken cancellation)
    {
        var followed = await Followers.ReadAsync(lake, cancellation);
        if (!await new VacuumTimes(lake).TakeAsync(options.VacuumInterval, cancellation))
            return await Vacuum.DeleteCompactedAsync(lake, options.Retention, followed, dryRun: false, cancellation);
        var report = await Vacuum.RunAsync(lake, options.Retention, followed, dryRun: false, cancellation);
        return [.. report.Files, .. report.LogFiles];
    }
}
