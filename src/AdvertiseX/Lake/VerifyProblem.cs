namespace AdvertiseX.Lake;

/// <summary>Something that does not hold in a lake, or that is worth knowing of it.</summary>
/// <param name="Check">Which check: conservation, positions, rows, files, staged, log, duplicates.</param>
/// <param name="Where">Table, file, stream or batch.</param>
/// <param name="What">What was expected and what was found.</param>
public sealed record VerifyProblem(string Check, string Where, string What)
{
    public override string ToString() => $"{Check}: {Where}: {What}";
}
