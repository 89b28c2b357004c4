namespace AdvertiseX.Lake.Delta;

/// <summary>What one commit is to do. It keeps its id through every attempt, so that its writer knows it
/// again.</summary>
/// <param name="Operation">For the table's history, such as WRITE or OPTIMIZE.</param>
internal sealed record DeltaChange(string Operation)
{
    /// <summary>One per logical commit.</summary>
    public string Id { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>Files that join.</summary>
    public IReadOnlyList<AddFile> Adds { get; init; } = [];

    /// <summary>Files that leave; the commit is in conflict if one of them is gone already.</summary>
    public IReadOnlyList<RemoveFile> Removes { get; init; } = [];

    /// <summary>The commit happens only while the table's version of this application is lower.</summary>
    public SetTransaction? Transaction { get; init; }

    /// <summary>Further versions to record, of other applications; they decide nothing.</summary>
    public IReadOnlyList<SetTransaction> RecordedVersions { get; init; } = [];

    /// <summary>New metadata of the table.</summary>
    public TableMetadata? Metadata { get; init; }

    /// <summary>For people, in the table's history.</summary>
    public IReadOnlyDictionary<string, string?> Parameters { get; init; } = new Dictionary<string, string?>();

    /// <summary>A JSON object that only AdvertiseX reads.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>
    /// Asked before every attempt, with the snapshot that the commit would follow; false withdraws the commit. Null for
    /// none.
    /// </summary>
    public Func<DeltaSnapshot, CancellationToken, ValueTask<bool>>? StillWanted { get; init; }

    internal IEnumerable<DeltaAction> Actions(DateTimeOffset now)
    {
        yield return new CommitInfo(now.ToUnixTimeMilliseconds(), Operation, Id, Removes.Count == 0 && Metadata is null)
        {
            Parameters = Parameters,
            Payload = Payload,
        };
        if (Metadata is not null)
            yield return Metadata;
        if (Transaction is not null)
            yield return Transaction;
        foreach (var recorded in RecordedVersions)
            yield return recorded;
        foreach (var remove in Removes)
            yield return remove;
        foreach (var add in Adds)
            yield return add;
    }

    internal void RequireOneActionPerPath()
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Adds.Select(add => add.Path).Concat(Removes.Select(remove => remove.Path)))
            if (!paths.Add(path))
                throw new ArgumentException($"The commit names {path} twice.");
    }
}
