namespace AdvertiseX.Sources;

/// <summary>What the first bytes of a file tell.</summary>
/// <param name="Format">Its format, or null when it is none that is known.</param>
/// <param name="Fields">Dotted paths of the fields seen, in the order seen.</param>
/// <param name="Seen">What was seen, for a message.</param>
internal sealed record Sample(WireFormat? Format, IReadOnlyCollection<string> Fields, string Seen)
{
    public static Sample None(string seen) => new(null, [], seen);
}
