using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reference;

namespace AdvertiseX.Bench;

/// <summary>The same work by this library: what <c>adx reference load</c> and <c>adx ingest</c> do, and <c>adx
/// run</c>.</summary>
internal static class OurAnswers
{
    /// <summary>Feeds and descriptions to all marts; ingest and marts are phases of the result.</summary>
    /// <param name="reference">Folder of the descriptions.</param>
    /// <param name="feeds">Folders of the feeds.</param>
    /// <param name="output">The lake.</param>
    public static async Task<ChildResult> RunAsync(string reference, IEnumerable<string> feeds, string output)
    {
        var meter = new PhaseMeter();
        meter.Enter("ingest");
        using (var made = await DataLake.OpenAsync(output, create: true))
            await new ReferenceLoader(made).LoadAsync([reference]);
        await OurIngest.RunAsync(feeds, output);
        meter.Enter("marts");
        using var lake = await DataLake.OpenAsync(output);
        using var engine = new DuckDbEngine();
        var results = await new ModelRunner(engine).RunAsync(lake);
        meter.Enter("ingest");
        await Compaction.RunAsync(lake, engine, new CompactionOptions());
        meter.Leave();
        return new ChildResult(0, 0, 0, 0) { Phases = new(meter.Phases), Rows = [.. results.Select(Row)] };
    }

    /// <summary>Refreshes or rebuilds the models of a lake; a row a model: name, kind, rows, files added and
    /// removed.</summary>
    /// <param name="folder">The lake.</param>
    /// <param name="full">Rebuild.</param>
    /// <param name="apart">
    /// One after the other: what the process spends while a model runs is then spent for it, and the result has each
    /// one's CPU seconds. Side by side nobody can tell whose they are.
    /// </param>
    public static async Task<ChildResult> RunModelsAsync(string folder, bool full, bool apart)
    {
        var meter = new PhaseMeter();
        meter.Enter("marts");
        using var lake = await DataLake.OpenAsync(folder);
        using var engine = new DuckDbEngine();
        var runner = apart
            ? new ModelRunner(engine, options: new ModelRunnerOptions { ModelsAtOnce = 1 }, clock: new CpuClock())
            : new ModelRunner(engine);
        var results = await runner.RunAsync(lake, full: full);
        meter.Leave();
        return new ChildResult(0, 0, 0, 0)
        {
            StepCpu = apart ? results.ToDictionary(result => result.Model, result => result.Elapsed.TotalSeconds) : [],
            Phases = new(meter.Phases),
            Rows = [.. results.Select(Row)],
        };
    }

    /// <summary>Takes all that models made out of a lake.</summary>
    public static void ForgetModels(string folder)
    {
        foreach (
            var table in ModelCatalog
                .Shipped.Ordered.Select(model => model.Name)
                .Append(RestatementTable.Name)
                .Select(name => Path.Combine(folder, name))
                .Where(Directory.Exists)
        )
            Directory.Delete(table, true);
    }

    private static string[] Row(ModelResult result) =>
        [
            result.Model,
            result.Kind.ToString().ToLowerInvariant(),
            result.RowsWritten.ToString(CultureInfo.InvariantCulture),
            result.FilesAdded.ToString(CultureInfo.InvariantCulture),
            result.FilesRemoved.ToString(CultureInfo.InvariantCulture),
        ];
}
