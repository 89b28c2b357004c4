namespace AdvertiseX.Contracts;

/// <summary>How the value of the field <c>kind</c> tells a click from a conversion. Values match in any case.</summary>
internal sealed record KindRule
{
    /// <summary>Values that mean a click.</summary>
    public IReadOnlyList<string> Click { get; init; } = [];

    /// <summary>Values that mean neither and are rejected as unknown kind; absent and empty always are.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>The conversion types allowed; empty = any value that is neither click nor unknown.</summary>
    public IReadOnlyList<string> ConversionTypes { get; init; } = [];
}
