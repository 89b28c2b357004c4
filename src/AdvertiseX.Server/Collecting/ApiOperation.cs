namespace AdvertiseX.Server.Collecting;

/// <summary>What one address answers.</summary>
/// <param name="Method">The method, in lower case.</param>
/// <param name="Path">The address.</param>
/// <param name="Summary">What it is for.</param>
internal sealed record ApiOperation(string Method, string Path, string Summary)
{
    /// <summary>A name for generated clients.</summary>
    public string Id =>
        Method
        + string.Concat(
            Path["/v1/".Length..]
                .Split(['-', '/', '.', '{', '}'], StringSplitOptions.RemoveEmptyEntries)
                .Select(part => char.ToUpperInvariant(part[0]) + part[1..])
        );

    /// <summary>Headers and parts of the address.</summary>
    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>Content types of a body; none where there is no body.</summary>
    public IReadOnlyList<string> BodyTypes { get; init; } = [];

    /// <summary>Answers of success: status, meaning, content type.</summary>
    public IReadOnlyList<(string Status, string Meaning, string? Type)> Answers { get; init; } = [];

    /// <summary>Status of the problems.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
