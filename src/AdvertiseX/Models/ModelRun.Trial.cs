using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

internal sealed partial class ModelRun
{
    /// <summary>A run whose rows go to a folder of the caller's instead of the table; nothing is made in the
    /// lake.</summary>
    public static ModelRun Trial(
        ModelPlan plan,
        DataLake lake,
        IQueryEngine engine,
        ModelCatalog catalog,
        ModelRunnerOptions options,
        ChangeSets changes
    ) => new(plan, lake, engine, catalog, options, changes, lake.TableOrUnmade(plan.Model.Name));

    /// <summary>Writes all rows of the model to <paramref name="folder"/>, laid out as the files of its table
    /// are.</summary>
    public async Task<IReadOnlyList<WrittenFile>> TryAsync(string folder, CancellationToken cancellation)
    {
        await MakeSetsAsync(cancellation);
        var select = _engine.Dialect.Translate(SelectOf(Model));
        if (Model.Refresh != ModelRefresh.Additive || Model.TakesAway)
            return await _engine.WriteAsync(
                select,
                Doubled.With(await WholeSetsAsync(cancellation)),
                OutputTo(folder),
                cancellation
            );

        var files = new List<WrittenFile>();
        foreach (var portion in Portions(_plan.Input(Model.Summed[0].Name).Files))
            files.AddRange(
                await _engine.WriteAsync(
                    select,
                    Doubled.With(await PortionSetsAsync(portion, cancellation)),
                    OutputTo(folder),
                    cancellation
                )
            );
        return files;
    }
}
