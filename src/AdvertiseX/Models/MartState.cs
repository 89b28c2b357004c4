using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>What the table of one model was made from, beside what there is now. It is read from logs alone: an input
/// that was written anew with the same rows counts as changed. Immutable.</summary>
internal sealed record MartState
{
    /// <summary>Name of the model and of its table.</summary>
    public required string Table { get; init; }

    /// <summary>Newest version of the table.</summary>
    public required long Version { get; init; }

    /// <summary>The stored tables that the model reads: the version that its table was made from, and the newest; -1
    /// where the lake had, or has, no such table.</summary>
    public required IReadOnlyList<(string Table, long Consumed, long Newest)> Inputs { get; init; }

    /// <summary>Names of the inputs with changed rows since then.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>Whether the model, or a limit that it reads, is another than the one that made the table.</summary>
    public required bool IsOtherModel { get; init; }

    /// <summary>Why the table is behind, for people; null when it is not.</summary>
    public string? Reason
    {
        get
        {
            var changes = Inputs
                .Where(input => Changed.Contains(input.Table))
                .Select(input => $"{input.Table} {Text(input.Consumed)} → {Text(input.Newest)}");
            string[] reasons = [.. IsOtherModel ? ["the model or a limit changed"] : Array.Empty<string>(), .. changes];
            return reasons.Length == 0 ? null : string.Join(", ", reasons);
        }
    }

    /// <summary>Reads the state of a model's table.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="catalog">The models; of a table of another model only the inputs are known, by its log.</param>
    /// <param name="rules">The limits that hold.</param>
    /// <param name="name">Name of the model.</param>
    /// <param name="newest">Newest versions of tables that were read already, null for a table that is not there; takes
    /// those that are read here.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>Null when the lake has no such table, or no model made it.</returns>
    public static async ValueTask<MartState?> ReadAsync(
        DataLake lake,
        ModelCatalog catalog,
        TrafficRules rules,
        string name,
        Dictionary<string, DeltaSnapshot?> newest,
        CancellationToken cancellation
    )
    {
        if (lake.Tables.FirstOrDefault(each => each.Name == name) is not { } table)
            return null;
        // The model's own table first: what it was made from is then never newer than the inputs read after it.
        var snapshot = newest.GetValueOrDefault(name) ?? await table.Delta.RefreshAsync(cancellation);
        if (snapshot.TransactionOf(ModelPlan.DefinitionIdOf(name)) is var definition && definition < 0)
            return null;
        var model = catalog.Ordered.FirstOrDefault(each => each.Name == name);
        var inputs = new List<(string, long, long)>();
        var changed = new List<string>();
        foreach (var (input, consumed) in ConsumedVersions.InputsOf(catalog, name, snapshot))
        {
            var source = lake.Tables.FirstOrDefault(each => each.Name == input);
            if (!newest.TryGetValue(input, out var read))
                newest[input] = read = source is null ? null : await source.Delta.RefreshAsync(cancellation);
            inputs.Add((input, consumed, read?.Version ?? -1));
            if (await HasChangedAsync(source, read, consumed, cancellation))
                changed.Add(input);
        }

        return new MartState
        {
            Table = name,
            Version = snapshot.Version,
            Inputs = inputs,
            Changed = changed,
            IsOtherModel =
                model is not null
                && (
                    definition != catalog.FingerprintOf(model, rules)
                    || !snapshot.Schema.Columns.SequenceEqual(model.Columns)
                ),
        };
    }

    // Commits after the consumed one tell; where they are gone, what they did is not known.
    private static async ValueTask<bool> HasChangedAsync(
        LakeTable? table,
        DeltaSnapshot? newest,
        long consumed,
        CancellationToken cancellation
    )
    {
        if (table is null || newest is null)
            return consumed >= 0;
        if (consumed < 0)
            return newest.Files.Count > 0;
        for (var version = consumed + 1; version <= newest.Version; version++)
        {
            if (await table.Delta.ReadCommitAsync(version, cancellation) is not { } commit || commit.Any(IsChange))
                return true;
        }

        return false;
    }

    private static bool IsChange(DeltaAction action) =>
        action is AddFile { DataChange: true } or RemoveFile { DataChange: true } or TableMetadata;

    private static string Text(long version) =>
        version < 0 ? "–" : version.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
