using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Reference;

namespace AdvertiseX.Models;

/// <summary>
/// What changed since tables of models were computed, also where another model stands in between. Every command that
/// shows figures tells it by this record. Immutable.
/// </summary>
/// <param name="Inputs">Names of the tables with changed rows: facts, then descriptions, then models.</param>
/// <param name="Models">Names of models that are others than those that made their tables.</param>
internal sealed record MartStaleness(IReadOnlyList<string> Inputs, IReadOnlyList<string> Models)
{
    private const int NamesShown = 6;

    /// <summary>Nothing is behind.</summary>
    public static MartStaleness None { get; } = new([], []);

    public bool IsStale => Inputs.Count + Models.Count > 0;

    /// <summary>One line for people: what changed, and the command that mends it; null when nothing is
    /// behind.</summary>
    public string? Note
    {
        get
        {
            string[] names = [.. Inputs, .. Models.Select(model => $"the model {model}")];
            if (names.Length > NamesShown)
                names = [.. names.Take(NamesShown - 1), $"{names.Length - NamesShown + 1} more"];
            return names.Length switch
            {
                0 => null,
                1 => $"figures are behind: {names[0]} changed since (adx run)",
                _ => $"figures are behind: {string.Join(", ", names[..^1])} and {names[^1]} changed since (adx run)",
            };
        }
    }

    /// <summary>Reads what changed. Only logs are read.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="rules">The limits that hold.</param>
    /// <param name="tables">Names of tables; those that no model made are never behind.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <param name="catalog">The models; null for those shipped.</param>
    public static async ValueTask<MartStaleness> ReadAsync(
        DataLake lake,
        TrafficRules rules,
        IEnumerable<string> tables,
        CancellationToken cancellation,
        ModelCatalog? catalog = null
    )
    {
        catalog ??= ModelCatalog.Shipped;
        var (inputs, models, seen) = (new HashSet<string>(), new SortedSet<string>(), new HashSet<string>());
        var newest = new Dictionary<string, DeltaSnapshot?>(StringComparer.Ordinal);
        var open = new Stack<string>(tables);
        while (open.TryPop(out var name))
        {
            if (!seen.Add(name))
                continue;
            if (await MartState.ReadAsync(lake, catalog, rules, name, newest, cancellation) is not { } state)
                continue;
            inputs.UnionWith(state.Changed);
            if (state.IsOtherModel)
                models.Add(name);
            foreach (var (input, _, _) in state.Inputs)
                open.Push(input);
        }

        return inputs.Count + models.Count == 0
            ? None
            : new MartStaleness([.. inputs.OrderBy(RankOf).ThenBy(name => name, StringComparer.Ordinal)], [.. models]);
    }

    private static int RankOf(string table) =>
        FactTables.All.Any(each => each.Name == table) ? 0
        : ReferenceTables.All.Any(each => each.Name == table) ? 1
        : 2;
}
