namespace AdvertiseX.Registry;

/// <summary>How levels are spelled, and what each asks for.</summary>
internal static class CompatibilityLevels
{
    /// <summary>The level of a registry in which none was set, as Confluent's has it.</summary>
    public const CompatibilityLevel Default = CompatibilityLevel.Backward;

    private static readonly (string Name, CompatibilityLevel Level)[] Names =
    [
        ("NONE", CompatibilityLevel.None),
        ("BACKWARD", CompatibilityLevel.Backward),
        ("BACKWARD_TRANSITIVE", CompatibilityLevel.BackwardTransitive),
        ("FORWARD", CompatibilityLevel.Forward),
        ("FORWARD_TRANSITIVE", CompatibilityLevel.ForwardTransitive),
        ("FULL", CompatibilityLevel.Full),
        ("FULL_TRANSITIVE", CompatibilityLevel.FullTransitive),
    ];

    /// <summary>The names, divided by commas.</summary>
    public static string All => string.Join(", ", Names.Select(each => each.Name));

    public static string NameOf(this CompatibilityLevel level) => Names.Single(each => each.Level == level).Name;

    /// <summary>The level of a name; null where no level has it.</summary>
    public static CompatibilityLevel? Find(string? name)
    {
        foreach (var (known, level) in Names)
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
                return level;
        return null;
    }

    public static bool IsTransitive(this CompatibilityLevel level) =>
        level
            is CompatibilityLevel.BackwardTransitive
                or CompatibilityLevel.ForwardTransitive
                or CompatibilityLevel.FullTransitive;

    /// <summary>True if the new schema must read what the old one wrote.</summary>
    public static bool IsBackward(this CompatibilityLevel level) =>
        level
            is CompatibilityLevel.Backward
                or CompatibilityLevel.BackwardTransitive
                or CompatibilityLevel.Full
                or CompatibilityLevel.FullTransitive;

    /// <summary>True if the old schema must read what the new one writes.</summary>
    public static bool IsForward(this CompatibilityLevel level) =>
        level
            is CompatibilityLevel.Forward
                or CompatibilityLevel.ForwardTransitive
                or CompatibilityLevel.Full
                or CompatibilityLevel.FullTransitive;
}
