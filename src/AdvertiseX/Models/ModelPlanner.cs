using AdvertiseX.Lake;

namespace AdvertiseX.Models;

/// <summary>Says what is stale and why, by the input versions that a model's table records and those that there
/// are.</summary>
internal static class ModelPlanner
{
    /// <param name="lake">The lake.</param>
    /// <param name="changes">Tells whether the columns that a model reads changed at all.</param>
    /// <param name="catalog">Where the models are from.</param>
    /// <param name="model">The model.</param>
    /// <param name="rules">The limits of invalid traffic that hold.</param>
    /// <param name="full">Compute everything, stale or not.</param>
    /// <param name="cancellation">Stops the reading of logs.</param>
    public static async ValueTask<ModelPlan> PlanAsync(
        DataLake lake,
        ChangeSets changes,
        ModelCatalog catalog,
        Model model,
        TrafficRules rules,
        bool full,
        CancellationToken cancellation
    )
    {
        var table = lake.Tables.FirstOrDefault(each => each.Name == model.Name);
        // The model's own table first: what it has consumed is then never newer than the inputs read after it.
        var snapshot = table is null ? null : await table.Delta.RefreshAsync(cancellation);
        var inputs = new List<InputState>();
        foreach (var name in catalog.TablesOf(model))
        {
            var consumed = snapshot?.TransactionOf(ModelPlan.AppIdOf(model, name)) ?? -1;
            inputs.Add(await InputState.ReadAsync(lake, name, consumed, cancellation));
        }

        inputs = [.. await changes.WithDoubledAsync(inputs, cancellation)];
        for (var i = 0; i < inputs.Count; i++)
            if (await changes.IsSameAsync(model, inputs[i], cancellation))
                inputs[i] = inputs[i] with { Added = [], Removed = [] };

        var plan = new ModelPlan
        {
            Model = model,
            Kind = ModelPlanKind.Full,
            Reason = "",
            Fingerprint = catalog.FingerprintOf(model, rules),
            Table = snapshot,
            Inputs = inputs,
        };
        var (kind, reason) = Judge(catalog, plan, full);
        var isOfItsOwn = plan.Definition < 0 || full || plan.ChangesColumns || plan.Definition != plan.Fingerprint;
        return plan with { Kind = kind, Reason = reason, IsOfItsOwn = isOfItsOwn };
    }

    private static (ModelPlanKind Kind, string Reason) Judge(ModelCatalog catalog, ModelPlan plan, bool full)
    {
        var (model, inputs) = (plan.Model, plan.Inputs);
        var changed = inputs.Where(input => input.HasChanges).ToList();
        if (plan.Definition < 0)
            return (ModelPlanKind.Full, "it was never run");
        if (full)
            return (ModelPlanKind.Full, "asked for");
        if (plan.ChangesColumns)
            return (ModelPlanKind.Full, "its columns changed");
        if (plan.Definition != plan.Fingerprint)
            return (
                ModelPlanKind.Full,
                catalog.Reads(model, TrafficRules.Name) ? "the model or a limit changed" : "the model changed"
            );
        if (changed.Find(input => input.IsUnknown) is { } unknown)
            return (
                ModelPlanKind.Full,
                $"the log of {unknown.Table} cannot tell which rows changed since version {unknown.Consumed}"
            );
        if (changed.Find(input => input.IsRevised) is { } revised)
            return (ModelPlanKind.Full, $"of doubled events in {revised.Table} other rows count than before");
        if (changed.Count == 0)
        {
            return inputs.Any(input => input.Version != input.Consumed)
                ? (ModelPlanKind.NoteOnly, "inputs went on without new data")
                : (ModelPlanKind.UpToDate, "no input changed");
        }

        var reason = string.Join(", ", changed.Select(input => input.Description));
        if (plan.IsBeyond)
            return (ModelPlanKind.Full, $"{reason}; a sum is beyond 64 bits");
        return (NeedsAll(catalog, model, inputs, changed) ? ModelPlanKind.Full : ModelPlanKind.Incremental, reason);
    }

    private static bool NeedsAll(
        ModelCatalog catalog,
        Model model,
        IReadOnlyList<InputState> inputs,
        List<InputState> changed
    ) =>
        model.Refresh switch
        {
            // A change that no tie leads back from (a campaign's window) can touch any row.
            ModelRefresh.Keyed => !changed.TrueForAll(input => IsTied(catalog, model, input.Table)),
            // What describes the summed rows (a campaign's zone) can change any sum.
            ModelRefresh.Additive => changed.Exists(input =>
                input.Table == model.Joined?.Name
                    ? !KnowsBefore(catalog, model, inputs)
                    : !IsSummed(model, input) || (model.TakesAway && HasTwins(catalog, input))
            ),
            _ => true,
        };

    private static bool IsSummed(Model model, InputState input) =>
        model.Summed.Any(summed => summed.Name == input.Table);

    // Rows of keys whose joined rows changed are taken off as they were.
    private static bool KnowsBefore(ModelCatalog catalog, Model model, IReadOnlyList<InputState> inputs) =>
        inputs
            .Where(input => input.Table == model.Joined!.Name || IsSplit(catalog, model, input.Table))
            .All(input => input.KnowsBefore);

    /// <summary>Whether an input of a model is summed and has the column by which another is joined.</summary>
    internal static bool IsSplit(ModelCatalog catalog, Model model, string table) =>
        model.Summed.Any(summed => summed.Name == table)
        && catalog.ColumnsOf(table).Any(column => column.Name == model.Joined!.JoinedBy);

    // Of partial sums two may be equal, and of those that left it cannot be told how many.
    private static bool HasTwins(ModelCatalog catalog, InputState input) =>
        input.Removed.Count > 0
        && catalog.Ordered.Any(model => model.Name == input.Table && model.Refresh == ModelRefresh.Additive);

    private static bool IsTied(ModelCatalog catalog, Model model, string table) =>
        model.Inputs.Any(input => input.Name == table && (input.Ties.Count > 0 || input == model.Rows))
        && !catalog.IsStaging(table);
}
