namespace AdvertiseX.Lake.Delta;

/// <summary>What a checkpoint holds. Files that left the table are in it only where they were asked for.</summary>
/// <param name="Protocol">The table's protocol.</param>
/// <param name="Metadata">The table's metadata.</param>
/// <param name="Transactions">The applications' versions.</param>
/// <param name="Files">Live files by path; nobody changes it any more.</param>
/// <param name="Removed">Files that left the table.</param>
/// <param name="Actions">Rows of the checkpoint, of whatever action.</param>
internal sealed record CheckpointContent(
    TableProtocol Protocol,
    TableMetadata Metadata,
    IReadOnlyList<SetTransaction> Transactions,
    Dictionary<string, AddFile> Files,
    IReadOnlyList<RemoveFile> Removed,
    long Actions
)
{
    /// <summary>The same from actions.</summary>
    /// <exception cref="DeltaException">There is no protocol or no metadata among them; <paramref name="key"/> names
    /// the checkpoint.</exception>
    public static CheckpointContent Of(IReadOnlyList<DeltaAction> actions, string key)
    {
        var files = new Dictionary<string, AddFile>(StringComparer.Ordinal);
        foreach (var add in actions.OfType<AddFile>())
            files[add.Path] = add;
        return new(
            actions.OfType<TableProtocol>().LastOrDefault() ?? throw Incomplete(key),
            actions.OfType<TableMetadata>().LastOrDefault() ?? throw Incomplete(key),
            [.. actions.OfType<SetTransaction>()],
            files,
            [.. actions.OfType<RemoveFile>()],
            actions.Count
        );
    }

    internal static DeltaException Incomplete(string key) => new($"{key} has no protocol or no metadata.");
}
