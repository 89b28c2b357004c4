namespace AdvertiseX.Lake.Delta;

/// <summary>The commits of a log that were read or made last: the ledger, its followers and races ask for the same few
/// again and again. Thread-safe.</summary>
internal sealed class RecentCommits
{
    private const int Kept = 64;

    private readonly Lock _gate = new();
    private readonly (long Version, IReadOnlyList<DeltaAction>? Actions)[] _ring = new (
        long,
        IReadOnlyList<DeltaAction>?
    )[Kept];

    public void Add(long version, IReadOnlyList<DeltaAction> actions)
    {
        lock (_gate)
            _ring[version % Kept] = (version, actions);
    }

    /// <summary>The actions of a commit, null if it is not among the last.</summary>
    public IReadOnlyList<DeltaAction>? Find(long version)
    {
        lock (_gate)
            return version >= 0 && _ring[version % Kept] is var held && held.Version == version ? held.Actions : null;
    }
}
