namespace AdvertiseX.Reference;

/// <summary>One record of a reference file: its texts by column name, in lower case.</summary>
/// <param name="File">The file.</param>
/// <param name="Row">1 for the first record.</param>
/// <param name="Names">Column names.</param>
/// <param name="Values">As many texts; null or empty where nothing is given.</param>
internal readonly record struct ReferenceRecord(
    string File,
    long Row,
    IReadOnlyList<string> Names,
    IReadOnlyList<string?> Values
)
{
    /// <summary>The text under the first of these names that gives one, or null.</summary>
    public string? Find(ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            for (var i = 0; i < Names.Count; i++)
            {
                if (Names[i] == name && Values[i] is { Length: > 0 } text)
                    return text;
            }
        }

        return null;
    }
}
