using AdvertiseX.Contracts;
using AdvertiseX.Events;

namespace AdvertiseX.Sources;

/// <summary>Tells which feed a sample is from the names of its fields.</summary>
internal static class FeedGuess
{
    /// <summary>The contracts that the fields fit; more than one means that the user must say.</summary>
    /// <param name="fields">Dotted paths as the source spells them.</param>
    /// <param name="contracts">Contracts to try.</param>
    public static IReadOnlyList<CompiledContract> Candidates(
        IReadOnlyCollection<string> fields,
        IReadOnlyList<CompiledContract> contracts
    )
    {
        var folded = fields.Select(FieldNode.Fold).ToHashSet(StringComparer.Ordinal);
        return [.. contracts.Where(c => Fits(folded, c.Source))];
    }

    /// <summary>What the sample has, for a message.</summary>
    public static string Describe(IReadOnlyCollection<string> fields)
    {
        const int Shown = 12;
        var list = string.Join(", ", fields.Where(f => !f.Contains('.')).Take(Shown));
        return fields.Count > Shown ? list + ", …" : list;
    }

    /// <summary>What a feed is recognised by, for a message.</summary>
    public static string Known(IReadOnlyList<CompiledContract> contracts) =>
        string.Join(
            "; ",
            contracts.Select(c =>
                $"{FeedNames.Of(c.Feed)} (has {string.Join(" and ", c.Source.Recognise.Has.Select(g => string.Join(" or ", g)))})"
            )
        );

    private static bool Fits(HashSet<string> fields, Contract contract)
    {
        if (contract.Recognise.Lacks.Any(path => fields.Contains(FieldNode.Fold(path))))
            return false;
        return contract.Recognise.Has.Count > 0
            && contract.Recognise.Has.All(group => group.Any(field => HasField(fields, contract, field)));
    }

    private static bool HasField(HashSet<string> fields, Contract contract, string field) =>
        contract.Fields.TryGetValue(field, out var mapping)
        && mapping.From.Any(path => fields.Contains(FieldNode.Fold(path)));
}
