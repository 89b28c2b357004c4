using AdvertiseX.Cli.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Maintenance;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Lake;

/// <summary>The last step of commands that leave files in a lake: it is compacted and vacuumed where that is
/// due.</summary>
internal static class MaintenanceStep
{
    /// <summary>Does what is due; a fault is a line on standard error, and the command goes on.</summary>
    /// <param name="terminal">Where progress and faults are shown.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="settings">What to do, and when.</param>
    /// <param name="catalog">The models of the lake.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task RunAsync(
        Terminal terminal,
        DataLake lake,
        AdxSettings settings,
        ModelCatalog catalog,
        CancellationToken cancellation
    )
    {
        var options = settings.Maintenance with { Compaction = settings.Compaction, Retention = settings.Retention };
        var maintenance = new LakeMaintenance(lake, catalog, settings.Models.TrafficRules, options);
        var report = await ProgressBar.RunAsync(
            terminal,
            "compacting",
            _ =>
                Task.Run(
                    () => maintenance.RunAsync(() => new DuckDbEngine(settings.Engine, terminal.Clock), cancellation),
                    CancellationToken.None
                )
        );
        if (report.Fault is { } fault)
            terminal.Note($"adx: compacting and vacuuming broke off: {TerminalText.Visible(fault)}");
    }
}
