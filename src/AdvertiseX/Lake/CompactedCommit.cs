namespace AdvertiseX.Lake;

/// <summary>A merge that was committed, or late rows that came to files of their dates.</summary>
/// <param name="NoteKey">Key of the note that tells of it.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="Version">The table's version from which on the files are not in it.</param>
/// <param name="Time">When it was.</param>
/// <param name="Paths">The files, relative to the table's folder.</param>
internal sealed record CompactedCommit(
    string NoteKey,
    string Table,
    long Version,
    DateTimeOffset Time,
    IReadOnlyList<string> Paths
)
{
    /// <summary>Whether the files were of late rows, which those who follow the table's changes never read.</summary>
    public bool IsOfLateRows => Paths.All(LateRows.IsLate);
}
