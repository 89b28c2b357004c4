using System.CommandLine;
using AdvertiseX.Cli.Lake;

namespace AdvertiseX.Cli.Models;

/// <summary><c>adx run</c>: facts to answers.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var models = new Argument<string[]>("MODEL")
        {
            Description = "Models to refresh, with those that they read; default: all",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var lake = SharedOptions.Lake(terminal);
        var full = SharedOptions.Named<bool>("--full", "Compute everything anew; an identical result is not committed");
        var own = SharedOptions.Models();
        var dryRun = SharedOptions.DryRun("Only say what would be refreshed, and why");
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand("run", "Refresh the models whose inputs changed.")
        {
            Examples =
            [
                ("adx run --lake ./lake", "all that is stale"),
                ("adx run campaign_performance --full", "one model and those that it reads, from all facts"),
                ("adx run --models ./models --dry-run", "what would be refreshed, own models too, and why"),
            ],
        }.With(models, lake, own, full, dryRun, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var catalog = ModelRefreshing.CatalogOf(settings, parsed.GetValue(own));
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                var results = await ModelRefreshing.RunAsync(
                    open,
                    settings,
                    catalog,
                    parsed.GetValue(models) ?? [],
                    parsed.GetValue(full),
                    parsed.GetValue(dryRun),
                    terminal,
                    cancellation
                );
                if (!parsed.GetValue(dryRun))
                    await MaintenanceStep.RunAsync(terminal, open, settings, catalog, cancellation);
                if (parsed.GetValue(json))
                    terminal.WriteJson(ModelRefreshing.Describe(results));
                else if (parsed.GetValue(dryRun))
                    ModelRefreshing.PrintPlan(results, terminal.Text);
                else
                    ModelRefreshing.Print(results, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }
}
