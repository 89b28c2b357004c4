using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>Tells which tables compaction may fold: those of additive models, whose readers add up the rows of a
/// cell.</summary>
/// <param name="lake">The lake.</param>
/// <param name="catalog">The models.</param>
/// <param name="rules">The limits that they go by.</param>
internal sealed class SumFolding(DataLake lake, ModelCatalog catalog, TrafficRules rules)
{
    /// <summary>
    /// How a version of a table is folded. Null for a table that no additive model made, that another version of the
    /// model made, or that has sums beyond 64 bits: what is taken off these would not leave what it should.
    /// </summary>
    public async ValueTask<SumFold?> OfAsync(LakeTable table, DeltaSnapshot snapshot, CancellationToken cancellation)
    {
        if (
            catalog.Ordered.FirstOrDefault(each => each.Name == table.Name)
                is not { Refresh: ModelRefresh.Additive } model
            || snapshot.TransactionOf(ModelPlan.DefinitionIdOf(model)) != catalog.FingerprintOf(model, rules)
            || snapshot.TransactionOf(ModelPlan.BeyondIdOf(model)) == 1
            || !snapshot.Schema.Columns.SequenceEqual(model.Columns)
        )
            return null;
        var sums = model.Columns.Where(column => !model.Grain.Contains(column.Name)).ToList();
        // Sums of floating-point numbers depend on their order.
        if (!sums.TrueForAll(column => column.Type is DeltaType.Long or DeltaType.Integer))
            return null;
        var followed = await Followers.ReadAsync(lake, cancellation);
        return await Followers.UnreadAsync(followed, table, snapshot, cancellation) is { } unread
            ? new SumFold(model.Grain, [.. sums.Select(column => column.Name)], unread)
            : null;
    }
}
