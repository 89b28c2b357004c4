using System.Text.Json;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Models;

/// <summary>Runs models and shows what became of them.</summary>
internal static class ModelRefreshing
{
    /// <summary>The models that come with the program, and the user's own.</summary>
    /// <param name="settings">Names their folder.</param>
    /// <param name="directory">The folder that --models names; null for that of the settings.</param>
    /// <exception cref="UsageException">An own model is wrong.</exception>
    public static ModelCatalog CatalogOf(AdxSettings settings, string? directory)
    {
        var folder = directory ?? settings.ModelsDirectory;
        if (folder.Length == 0)
            return ModelCatalog.Shipped;
        try
        {
            return OwnModels.Load(folder);
        }
        catch (ModelException wrong)
        {
            throw new UsageException(
                directory is null ? $"models.directory: {wrong.Message}" : $"--models: {wrong.Message}"
            );
        }
    }

    /// <summary>Refreshes models with progress; none named are all.</summary>
    /// <exception cref="UsageException">A model does not exist.</exception>
    public static async Task<IReadOnlyList<ModelResult>> RunAsync(
        DataLake lake,
        AdxSettings settings,
        ModelCatalog catalog,
        IReadOnlyCollection<string> models,
        bool full,
        bool dryRun,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        RequireKnown(models, catalog);
        using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
        var runner = new ModelRunner(engine, catalog, settings.Models, terminal.Clock);
        return await ProgressBar.RunAsync(
            terminal,
            "refreshing models",
            _ => Task.Run(() => runner.RunAsync(lake, models, full, dryRun, cancellation), CancellationToken.None)
        );
    }

    private static void RequireKnown(IReadOnlyCollection<string> models, ModelCatalog catalog)
    {
        var unknown = models.FirstOrDefault(name => catalog.Ordered.All(model => model.Name != name));
        if (unknown is null)
            return;
        var own = catalog == ModelCatalog.Shipped ? " (own ones need --models DIR)" : "";
        var near = NearestName.Of(unknown, catalog.Ordered.Select(model => model.Name));
        var meant = near is null ? "" : $"; did you mean {near}?";
        throw new UsageException(
            $"there is no model {unknown}{meant}; models are {string.Join(", ", catalog.Ordered.Select(model => model.Name))}{own}"
        );
    }

    /// <summary>"refreshed 12 of 26 models in 3.1 s", and what is wrong with their rows; only that when none was
    /// refreshed.</summary>
    public static IEnumerable<string> Summary(IReadOnlyList<ModelResult> results, TimeSpan took)
    {
        var refreshed = results.Count(model => model.Outcome == ModelOutcome.Refreshed);
        if (refreshed == 0)
            return WarningsOf(results);
        var line =
            $"refreshed {Amounts.Count(refreshed)} of {Amounts.Count(results.Count)} models in {Amounts.Duration(took)}";
        return [line, .. WarningsOf(results)];
    }

    private static IEnumerable<string> WarningsOf(IReadOnlyList<ModelResult> results) =>
        results.SelectMany(result => result.Warnings).Select(TerminalText.Visible);

    public static IEnumerable<object> Describe(IReadOnlyList<ModelResult> results) =>
        results.Select(result => new
        {
            result.Model,
            Outcome = Name(result.Outcome),
            Kind = Name(result.Kind),
            result.Reason,
            result.RowsWritten,
            result.FilesAdded,
            result.FilesRemoved,
            InputFiles = result.Work?.Files,
            InputRows = result.Work?.Rows,
            InputDates = result.Work?.Dates,
            result.Causes,
            result.Warnings,
            Seconds = Math.Round(result.Elapsed.TotalSeconds, 3),
        });

    public static void Print(IReadOnlyList<ModelResult> results, TextWriter output, string indent = "")
    {
        var table = new TextTable("model", "outcome", "rows written", "files + −", "time", "why")
        {
            LeftColumns = [1, 5],
        };
        foreach (var result in results)
        {
            table.Add(
                result.Model,
                Name(result.Outcome).Replace('_', ' '),
                Amounts.Count(result.RowsWritten),
                $"{result.FilesAdded} {result.FilesRemoved}",
                Amounts.Duration(result.Elapsed),
                result.Reason
            );
        }

        table.Write(output, indent);
        foreach (var warning in WarningsOf(results))
            output.WriteLine($"{indent}{warning}");
    }

    /// <summary>What a dry run found, in the words of what would be done.</summary>
    public static void PrintPlan(IReadOnlyList<ModelResult> results, TextWriter output)
    {
        var table = new TextTable("model", "would", "changed input", "why") { LeftColumns = [1, 2, 3] };
        foreach (var result in results)
        {
            var isDue = result.Outcome == ModelOutcome.Planned;
            var would = (isDue, result.Kind) switch
            {
                (false, _) => "stay",
                (_, ModelPlanKind.Full) => "be computed anew",
                _ => "take the changes",
            };
            table.Add(result.Model, would, isDue ? WorkOf(result.Work) : "", result.Reason);
        }

        table.Write(output);
        var due = results.Count(result => result.Outcome == ModelOutcome.Planned);
        output.WriteLine($"{due} of {results.Count} models would be refreshed; nothing was changed");
    }

    private static string WorkOf(ModelWork? work)
    {
        if (work is null)
            return "(of the models before it)";
        var dates = work.Dates == 0 ? "" : $", {Amounts.Count(work.Dates)} {(work.Dates == 1 ? "date" : "dates")}";
        return $"{Amounts.Count(work.Files)} {(work.Files == 1 ? "file" : "files")}, {Amounts.Count(work.Rows)} {(work.Rows == 1 ? "row" : "rows")}{dates}";
    }

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
