using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>Which versions of tables the tables of models were made from (<c>docs/decisions/023</c>).</summary>
internal static class ConsumedVersions
{
    /// <summary>The stored tables that a model reads, each with the version that a snapshot of the model's table was
    /// made from; -1 for none.</summary>
    /// <param name="catalog">The models; of a table of another model its log tells the inputs.</param>
    /// <param name="name">Name of the model.</param>
    /// <param name="snapshot">A version of its table.</param>
    public static IEnumerable<(string Table, long Consumed)> InputsOf(
        ModelCatalog catalog,
        string name,
        DeltaSnapshot snapshot
    )
    {
        if (catalog.Ordered.FirstOrDefault(each => each.Name == name) is { } model)
            return catalog
                .TablesOf(model)
                .Select(input => (input, snapshot.TransactionOf(ModelPlan.AppIdOf(name, input))));
        var prefix = ModelPlan.AppIdOf(name, "");
        return snapshot
            .Transactions.Values.Where(recorded => recorded.AppId.StartsWith(prefix, StringComparison.Ordinal))
            .Select(recorded => (recorded.AppId[prefix.Length..], recorded.Version));
    }

    /// <summary>
    /// The version of a table from which models' tables were made: as the first of them has it that reads the table,
    /// itself or through the models that it reads. Each model in between counts at the version that was read.
    /// </summary>
    /// <param name="lake">The lake.</param>
    /// <param name="catalog">The models.</param>
    /// <param name="marts">Names of models; those without a table do not count.</param>
    /// <param name="table">The table.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>-1 when there was no such table; null when none of the models reads it.</returns>
    public static async ValueTask<long?> OfAsync(
        DataLake lake,
        ModelCatalog catalog,
        IEnumerable<string> marts,
        string table,
        CancellationToken cancellation
    )
    {
        var open = new Queue<(string Name, DeltaSnapshot Snapshot)>();
        foreach (var mart in marts)
        {
            if (await SnapshotAsync(lake, mart, long.MaxValue, cancellation) is { } newest)
                open.Enqueue((mart, newest));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var next))
        {
            if (!seen.Add(next.Name))
                continue;
            var inputs = InputsOf(catalog, next.Name, next.Snapshot).ToList();
            if (inputs.Exists(input => input.Table == table))
                return inputs.Find(input => input.Table == table).Consumed;
            foreach (var (input, consumed) in inputs.Where(input => IsModel(catalog, input.Table)))
            {
                if (await SnapshotAsync(lake, input, consumed, cancellation) is { } read)
                    open.Enqueue((input, read));
            }
        }

        return null;
    }

    /// <summary>A table at a version; at the newest where that version is later or can no longer be read. Null when
    /// the lake has no such table.</summary>
    public static async ValueTask<DeltaSnapshot?> SnapshotAsync(
        DataLake lake,
        string name,
        long version,
        CancellationToken cancellation
    )
    {
        if (lake.Tables.FirstOrDefault(each => each.Name == name) is not { } table)
            return null;
        // To look for a commit that is not there costs more than all else here.
        var newest = table.Delta.Latest;
        if (version > newest.Version)
            newest = await table.Delta.RefreshAsync(cancellation);
        if (version < 0 || version >= newest.Version)
            return newest;
        try
        {
            return await table.Delta.AtAsync(version, cancellation);
        }
        catch (DeltaException)
        {
            // Its log was cleaned.
            return newest;
        }
    }

    private static bool IsModel(ModelCatalog catalog, string name) => catalog.Ordered.Any(model => model.Name == name);
}
