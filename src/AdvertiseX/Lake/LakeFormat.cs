using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>
/// Which ids, keys and columns a lake has, as a number among the properties of its ledger. Another number is another
/// meaning of what is stored: such a lake is refused, never read as if it were this one.
/// </summary>
internal static class LakeFormat
{
    /// <summary>The table property that holds the number.</summary>
    public const string Property = "adx.lakeFormat";

    /// <summary>The format that this version reads and writes.</summary>
    public const string Current = "2";

    /// <summary>Properties of a new ledger.</summary>
    public static IReadOnlyDictionary<string, string?> Properties { get; } =
        new Dictionary<string, string?> { [Property] = Current };

    /// <summary>Refuses a lake of another format; <paramref name="name"/> is what to call it.</summary>
    /// <exception cref="LakeException">The ledger is of another format.</exception>
    public static void Require(DeltaSnapshot ledger, string name)
    {
        var format = ledger.Metadata.Configuration.GetValueOrDefault(Property);
        if (format == Current)
            return;
        var writer = format is null
            ? "an unreleased version of adx"
            : $"another version of adx (lake format {format}, this one has {Current})";
        throw new LakeException(
            $"{name} was written by {writer}, whose ids and keys differ: ingest the same files again, into a new folder."
        );
    }
}
