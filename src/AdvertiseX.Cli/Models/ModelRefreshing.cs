using System.Text.Json;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Models;

/// <summary>Runs models and shows what became of them.</summary>
internal static class ModelRefreshing
{
    /// <summary>Refreshes models with progress; none named are all.</summary>
    /// <exception cref="UsageException">A model does not exist.</exception>
    public static async Task<IReadOnlyList<ModelResult>> RunAsync(
        DataLake lake, AdxSettings settings, IReadOnlyCollection<string> models, bool full, bool dryRun, Terminal terminal,
        CancellationToken cancellation)
    {
        var unknown = models.FirstOrDefault(name => ModelCatalog.Shipped.Ordered.All(model => model.Name != name));
        if (unknown is not null)
            throw new UsageException($"there is no model {unknown}; models are {string.Join(", ", ModelCatalog.Shipped.Ordered.Select(model => model.Name))}");
        using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
        var runner = new ModelRunner(engine, options: new ModelRunnerOptions { TrafficRules = settings.TrafficRules }, clock: terminal.Clock);
        return await ProgressBar.RunAsync(
            terminal, "refreshing models", _ => Task.Run(() => runner.RunAsync(lake, models, full, dryRun, cancellation), CancellationToken.None));
    }

    public static IEnumerable<object> Describe(IReadOnlyList<ModelResult> results) => results.Select(result => new
    {
        result.Model,
        Outcome = Name(result.Outcome),
        Kind = Name(result.Kind),
        result.Reason,
        result.RowsWritten,
        result.FilesAdded,
        result.FilesRemoved,
        Seconds = Math.Round(result.Elapsed.TotalSeconds, 3),
    });

    public static void Print(IReadOnlyList<ModelResult> results, TextWriter output, string indent = "")
    {
        var table = new TextTable("model", "outcome", "rows written", "files + −", "time", "why") { LeftColumns = [1, 5] };
        foreach (var result in results)
        {
            table.Add(
                result.Model, Name(result.Outcome).Replace('_', ' '), Amounts.Count(result.RowsWritten),
                $"{result.FilesAdded} {result.FilesRemoved}", Amounts.Duration(result.Elapsed), result.Reason);
        }

        table.Write(output, indent);
    }

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
