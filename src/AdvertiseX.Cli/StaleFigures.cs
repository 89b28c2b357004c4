using AdvertiseX.Cli.Configuration;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Cli;

/// <summary>Says on standard error what changed since figures were computed.</summary>
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
}
