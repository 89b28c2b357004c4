using AdvertiseX.Cli.Configuration;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli;

/// <summary>Says on standard error what figures are behind, and which descriptions are not those of the
/// figures.</summary>
internal static class StaleFigures
{
    /// <summary>Writes a line where tables are behind their inputs, else nothing.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="command">The command that shows figures: "query".</param>
    /// <param name="lake">The lake.</param>
    /// <param name="settings">The limits that hold.</param>
    /// <param name="tables">The tables that it reads.</param>
    /// <param name="cancellation">Stops the reading of logs.</param>
    public static async Task NoteAsync(
        Terminal terminal,
        string command,
        DataLake lake,
        AdxSettings settings,
        IEnumerable<string> tables,
        CancellationToken cancellation
    )
    {
        var staleness = await MartStaleness.ReadAsync(lake, settings.Models.TrafficRules, tables, cancellation);
        if (staleness.Note is { } note)
            terminal.Note($"adx {command}: {note}");
    }

    /// <summary>The same for a report, whose descriptions are those of its figures as long as they are kept.</summary>
    public static async Task NoteReportAsync(
        Terminal terminal,
        DataLake lake,
        AdxSettings settings,
        IReadOnlyList<string> tables,
        CancellationToken cancellation
    )
    {
        await NoteAsync(terminal, "report", lake, settings, tables, cancellation);
        var lost = await ReportTables.LostDescriptionsAsync(lake, tables, cancellation);
        if (lost.Count > 0)
            terminal.Note(
                $"adx report: the {string.Join(" and ", lost)} that the figures were made from are deleted; shown are the newest (adx run)"
            );
    }
}
