using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Names;

/// <summary>Finds in the lake what a command line names by an id or a name.</summary>
internal sealed class GivenNames(IQueryEngine engine, DataLake lake)
{
    private const int MostNear = 3;

    // So many are all listed where none is near.
    private const int MostListed = 8;

    /// <summary>The campaigns named, in their order; none for none.</summary>
    /// <param name="given">Ids, or names of the reference data.</param>
    /// <param name="tables">Tables besides the reference data whose campaigns are known too.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeException">One is not known, or its name is that of several.</exception>
    public async Task<IReadOnlyList<NamedId>> CampaignsAsync(
        IReadOnlyList<string> given,
        IEnumerable<string> tables,
        CancellationToken cancellation
    ) =>
        given.Count == 0
            ? []
            : Find("campaign", given, await LakeNames.CampaignsAsync(engine, lake, tables, cancellation));

    /// <summary>The advertisers named, in their order; none for none.</summary>
    /// <exception cref="LakeException">One is not known, or its name is that of several.</exception>
    public async Task<IReadOnlyList<NamedId>> AdvertisersAsync(
        IReadOnlyList<string> given,
        CancellationToken cancellation
    ) =>
        given.Count == 0 ? [] : Find("advertiser", given, await LakeNames.AdvertisersAsync(engine, lake, cancellation));

    /// <summary>Requires that a name is one of those there are.</summary>
    /// <param name="kind">What it names: "model".</param>
    /// <param name="given">The name.</param>
    /// <param name="known">Those there are.</param>
    /// <exception cref="LakeException">It is not; the message says what is near.</exception>
    public static void Require(string kind, string given, IReadOnlyList<string> known)
    {
        if (!known.Contains(given))
            throw new LakeException(Unknown(kind, given, [.. known.Select(name => new NamedId(name, null, ""))]));
    }

    private static List<NamedId> Find(string kind, IReadOnlyList<string> given, IReadOnlyList<NamedId> known) =>
        [.. given.Select(text => Find(kind, text, known)).DistinctBy(found => found.Id)];

    // An id before a name, and the case as it was typed before any other.
    private static NamedId Find(string kind, string text, IReadOnlyList<NamedId> known)
    {
        if (known.FirstOrDefault(each => each.Id == text) is { } identified)
            return identified;
        foreach (var comparison in (StringComparison[])[StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase])
        {
            var named = known.Where(each => string.Equals(each.Name, text, comparison)).ToList();
            if (named.Count == 1)
                return named[0];
            if (named.Count > 1)
                throw new LakeException(
                    $"{named.Count} {kind}s are named '{ShownText.Of(text)}'; give the id: "
                        + string.Join(", ", named.Select(each => ShownText.Of(each.Id)))
                );
        }

        throw new LakeException(Unknown(kind, text, known));
    }

    private static string Unknown(string kind, string text, IReadOnlyList<NamedId> known)
    {
        var start = $"there is no {kind} '{ShownText.Of(text)}'";
        if (known.Count == 0)
            return $"{start}; the lake has no {kind}s";
        var near = Near(text, known);
        if (near.Count > 0)
            return $"{start}; did you mean {string.Join(" or ", near.Select(Shown))}?";
        return known.Count <= MostListed
            ? $"{start}; there are {Listed(known)}"
            : $"{start}; there are {Amounts.Count(known.Count)}, such as {Listed(known.Take(MostNear))}";
    }

    private static List<NamedId> Near(string text, IReadOnlyList<NamedId> known) =>
        [
            .. known
                .Select(each => (Known: each, Distance: Math.Min(Distance(text, each.Id), Distance(text, each.Name))))
                .Where(each => each.Distance < int.MaxValue)
                .OrderBy(each => each.Distance)
                .Take(MostNear)
                .Select(each => each.Known),
        ];

    // Changes of a character; a name that holds the text counts as one, whatever its length.
    private static int Distance(string text, string? name)
    {
        if (name is null)
            return int.MaxValue;
        var changes = NearestName.Changes(text.ToLowerInvariant(), name.ToLowerInvariant());
        if (changes <= Math.Max(1, text.Length / 3))
            return changes;
        return text.Length > 1 && name.Contains(text, StringComparison.OrdinalIgnoreCase) ? 1 : int.MaxValue;
    }

    private static string Listed(IEnumerable<NamedId> names) => string.Join(", ", names.Select(Shown));

    private static string Shown(NamedId named) =>
        named.Name is null ? ShownText.Of(named.Id) : $"{ShownText.Of(named.Id)} ({ShownText.Of(named.Name)})";
}
