using System.CommandLine;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Models;
using AdvertiseX.Cli.Text;
using AdvertiseX.Lake;
using AdvertiseX.Models;
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
        var noModels = SharedOptions.NoModels();
        var models = SharedOptions.Models();
        var json = SharedOptions.Json();
        var command = new AdxCommand(
            "load",
            "Replace the descriptions of campaigns, rates, ad groups, creatives, sites, users or targets."
        )
        {
            Examples =
            [
                (
                    "adx reference load campaigns.csv creatives.csv --lake ./lake",
                    "two tables, and the marts that follow from them"
                ),
            ],
        }.With(paths, lake, noModels, models, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var catalog = parsed.GetValue(noModels)
                    ? null
                    : ModelRefreshing.CatalogOf(settings, parsed.GetValue(models));
                using var open = await settings.OpenLakeAsync(terminal, cancellation, create: true);
                var results = await LoadAsync(open, parsed.GetValue(paths)!, terminal, cancellation);
                var began = terminal.Clock.GetTimestamp();
                var refreshed = await RefreshAsync(open, settings, catalog, terminal, cancellation);
                if (parsed.GetValue(json))
                    terminal.WriteJson(new { Tables = results, Models = ModelRefreshing.Describe(refreshed) });
                else
                    Print(results, refreshed, terminal.Clock.GetElapsedTime(began), terminal.Text);
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

    // A lake of descriptions alone has nothing to compute: the first ingest does it.
    private static async Task<IReadOnlyList<ModelResult>> RefreshAsync(
        DataLake lake,
        AdxSettings settings,
        ModelCatalog? catalog,
        Terminal terminal,
        CancellationToken cancellation
    ) =>
        catalog is null || lake.Tables.All(IsDescriptionOrEmpty)
            ? []
            : await ModelRefreshing.RunAsync(
                lake,
                settings,
                catalog,
                [],
                full: false,
                dryRun: false,
                terminal,
                cancellation
            );

    private static bool IsDescriptionOrEmpty(LakeTable table) =>
        table.Delta.Latest.Files.Count == 0 || ReferenceTables.All.Any(each => each.Name == table.Name);

    private static void Print(
        IReadOnlyList<ReferenceTableResult> results,
        IReadOnlyList<ModelResult> models,
        TimeSpan modelsTook,
        TextWriter output
    )
    {
        var table = new TextTable("table", "rows", "") { LeftColumns = [2] };
        foreach (var result in results)
            table.Add(result.Table, Amounts.Count(result.Rows), Outcome(result));
        table.Write(output);
        foreach (var line in ModelRefreshing.Summary(models, modelsTook))
            output.WriteLine(line);
    }

    private static string Outcome(ReferenceTableResult result) =>
        (result.Changed, result.Rows) switch
        {
            (false, _) => "the same as before",
            (_, 0) => "empty now: its files have a header alone",
            _ => "replaced",
        };
}
