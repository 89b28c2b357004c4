using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Lake;

namespace AdvertiseX.Cli.Lake;

/// <summary><c>adx lake tables</c>.</summary>
internal static class LakeTablesCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand("tables", "List the tables of a lake.")
        {
            Examples = [("adx lake tables", "tables of ./lake with their rows, files and dates")],
        }.With(lake, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                var tables = open
                    .AllTables.Select(table => table.Summary())
                    .OrderBy(table => table.Name, StringComparer.Ordinal)
                    .ToList();
                if (parsed.GetValue(json))
                    terminal.WriteJson(tables);
                else
                    Print(tables, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Print(IReadOnlyList<TableSummary> tables, TextWriter output)
    {
        var text = new TextTable("table", "rows", "files", "size", "version", "first date", "last date");
        foreach (var table in tables)
        {
            text.Add(
                table.Name,
                Amounts.Count(table.Rows),
                Amounts.Count(table.Files),
                Amounts.Bytes(table.Bytes),
                table.Version.ToString(CultureInfo.InvariantCulture),
                Day(table.FirstDate),
                Day(table.LastDate)
            );
        }

        text.Write(output);
    }

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
