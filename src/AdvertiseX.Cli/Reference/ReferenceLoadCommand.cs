using System.CommandLine;
using AdvertiseX.Cli.Text;
using AdvertiseX.Lake;
using AdvertiseX.Reference;

namespace AdvertiseX.Cli.Reference;

/// <summary><c>adx reference load PATH…</c>.</summary>
internal static class ReferenceLoadCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "CSV or JSON files, or folders of them; columns tell what a file describes",
            Arity = ArgumentArity.OneOrMore,
        };
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand(
            "load",
            "Replace the descriptions of campaigns, rates, ad groups, creatives, sites, users or targets."
        )
        {
            Examples =
            [
                (
                    "adx reference load campaigns.csv creatives.csv --lake ./lake",
                    "then adx run brings the marts up to date"
                ),
            ],
        }.With(paths, lake, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                using var open = await settings.OpenLakeAsync(terminal, cancellation, create: true);
                var results = await LoadAsync(open, parsed.GetValue(paths)!, terminal, cancellation);
                if (parsed.GetValue(json))
                    terminal.WriteJson(results);
                else
                    Print(results, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    /// <summary>Loads with progress.</summary>
    public static Task<IReadOnlyList<ReferenceTableResult>> LoadAsync(
        DataLake lake,
        IReadOnlyList<string> paths,
        Terminal terminal,
        CancellationToken cancellation
    ) =>
        ProgressBar.RunAsync(
            terminal,
            "loading reference data",
            _ =>
                Task.Run(
                    () => new ReferenceLoader(lake, terminal.Clock).LoadAsync(paths, cancellation),
                    CancellationToken.None
                )
        );

    private static void Print(IReadOnlyList<ReferenceTableResult> results, TextWriter output)
    {
        var table = new TextTable("table", "rows", "") { LeftColumns = [2] };
        foreach (var result in results)
            table.Add(result.Table, Amounts.Count(result.Rows), result.Changed ? "replaced" : "the same as before");
        table.Write(output);
    }
}
