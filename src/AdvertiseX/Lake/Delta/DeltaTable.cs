using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>
/// A Delta table: its log read into snapshots, and commits with these conflict rules: a blind append goes
/// on top of whatever others committed, unless the table's shape changed; a commit that removes files conflicts only if
/// one of them is gone. Safe for many threads and processes.
/// </summary>
internal sealed class DeltaTable
{
    /// <summary>Versions after the one read last that are looked for when a table is opened: a commit missing before
    /// them is a fault.</summary>
    private const int Probes = 3;

    /// <summary>Versions up to so many commits back are read on from a snapshot that is held.</summary>
    private const int NearCommits = 2 * CheckpointKeeper.MostCommits;

    /// <summary>After this time without a new commit it is asked whether the version held is still there: logs are kept
    /// for a day at least (<c>retention.log_hours</c>).</summary>
    private static readonly TimeSpan TrustedFor = TimeSpan.FromHours(1);

    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly DeltaLogReader _reader;
    private readonly RecentCommits _recent = new();
    private volatile DeltaSnapshot _latest = DeltaSnapshot.Empty;
    private volatile DeltaSnapshot _start = DeltaSnapshot.Empty;
    private volatile DeltaSnapshot _earlier = DeltaSnapshot.Empty;
    private long _seenTicks;
    private long _tries;

    /// <param name="keepRemoved">How long checkpoints name files that left the table; null for a week.</param>
    internal DeltaTable(
        IObjectStore store,
        string folder,
        LakeEngine engine,
        TimeProvider clock,
        Func<TimeSpan>? keepRemoved = null
    )
    {
        _store = store;
        _clock = clock;
        Folder = folder;
        Log = new DeltaLog(store, folder);
        _reader = new(store, Log, engine, clock);
        Checkpoints = new(store, Log, _reader.ReadRemovedAsync, keepRemoved ?? (() => TimeSpan.FromDays(7)), clock);
    }

    /// <summary>Key of the table's folder, no slash at the end.</summary>
    public string Folder { get; }

    /// <summary>The snapshot read last; <see cref="RefreshAsync"/> reads on.</summary>
    public DeltaSnapshot Latest => _latest;

    internal DeltaLog Log { get; }

    /// <summary>Attempts of commits so far, those that met another's commit included.</summary>
    internal long Tries => Interlocked.Read(ref _tries);

    /// <summary>Writes the table's checkpoints.</summary>
    internal CheckpointKeeper Checkpoints { get; }

    /// <summary>Makes the table if it is not there: version 0 with protocol and metadata. Returns it either
    /// way.</summary>
    public async ValueTask<DeltaSnapshot> CreateAsync(
        DeltaSchema schema,
        IReadOnlyList<string> partitionColumns,
        IReadOnlyDictionary<string, string?> configuration,
        CancellationToken cancellation = default
    )
    {
        if ((await RefreshAsync(cancellation)).Version >= 0)
            return _latest;
        var now = _clock.GetUtcNow();
        var metadata = new TableMetadata(
            Guid.NewGuid().ToString(),
            Folder,
            schema.ToJson(),
            partitionColumns,
            configuration,
            now.ToUnixTimeMilliseconds()
        );
        var info = new CommitInfo(now.ToUnixTimeMilliseconds(), "CREATE TABLE", Guid.NewGuid().ToString("N"), true);
        await _store.PutIfAbsentAsync(
            Log.CommitKey(0),
            DeltaJson.Lines([info, TableProtocol.Ours, metadata]),
            cancellation
        );
        return await RefreshAsync(cancellation);
    }

    /// <summary>The table as it stands now; version -1 when there is none.</summary>
    /// <exception cref="DeltaException">The log is damaged or needs what is not known here.</exception>
    public async ValueTask<DeltaSnapshot> RefreshAsync(CancellationToken cancellation = default)
    {
        var snapshot = _latest;
        if (snapshot.Version < 0)
            return Keep(await LoadAsync(long.MaxValue, cancellation));
        var read = await ReadOnAsync(snapshot, long.MaxValue, cancellation);
        var now = _clock.GetUtcNow().UtcTicks;
        // Nothing new can also mean that the log was cleaned past the version held here, long ago.
        if (
            ReferenceEquals(read, snapshot)
            && now - Interlocked.Read(ref _seenTicks) > TrustedFor.Ticks
            && await _store.FindAsync(Log.CommitKey(snapshot.Version), cancellation) is null
        )
            read = await LoadAsync(long.MaxValue, cancellation);
        Interlocked.Exchange(ref _seenTicks, now);
        return Keep(read);
    }

    /// <summary>The table as it was at <paramref name="version"/>.</summary>
    /// <exception cref="DeltaException">There is no such version, or it can no longer be read.</exception>
    public async ValueTask<DeltaSnapshot> AtAsync(long version, CancellationToken cancellation = default)
    {
        var near = NearestTo(version);
        var snapshot =
            version - near.Version <= NearCommits
                ? await ReadOnAsync(near, version, cancellation)
                : DeltaSnapshot.Empty;
        if (snapshot.Version != version)
            snapshot = await LoadAsync(version, cancellation);
        if (snapshot.Version != version)
            throw new DeltaException($"{Folder} has no version {version}.");
        return _earlier = snapshot;
    }

    /// <summary>The files that left the table of a snapshot, as far as the log still names them.</summary>
    /// <exception cref="DeltaException">The log is damaged.</exception>
    public ValueTask<RemovedFiles> ReadRemovedAsync(DeltaSnapshot snapshot, CancellationToken cancellation = default) =>
        _reader.ReadRemovedAsync(snapshot, cancellation);

    /// <summary>The actions of one commit, or null when it is not there (not yet, or no longer).</summary>
    public async ValueTask<IReadOnlyList<DeltaAction>?> ReadCommitAsync(
        long version,
        CancellationToken cancellation = default
    )
    {
        if (_recent.Find(version) is { } held)
            return held;
        var read = await Log.ReadCommitAsync(version, cancellation);
        if (read is not null)
            _recent.Add(version, read);
        return read;
    }

    /// <summary>Why the checkpoint of a version cannot be read, or null when it can.</summary>
    public async ValueTask<string?> FaultOfCheckpointAsync(long version, CancellationToken cancellation = default)
    {
        try
        {
            return await _reader.ReadCheckpointAsync(version, cancellation) is null ? "it is not there" : null;
        }
        catch (DeltaException damaged)
        {
            return damaged.Message;
        }
    }

    /// <summary>Commits, going on top of what others commit meanwhile as long as the rules allow it.</summary>
    /// <param name="change">What to do.</param>
    /// <param name="read">The snapshot that the change was planned on.</param>
    /// <exception cref="IOException">The store failed, and the commit is not in the log.</exception>
    public async ValueTask<DeltaCommitResult> CommitAsync(
        DeltaChange change,
        DeltaSnapshot read,
        CancellationToken cancellation = default
    )
    {
        change.RequireOneActionPerPath();
        using var lines = new CommitLines(_store, change, _clock);
        while (true)
        {
            var snapshot = await RefreshAsync(cancellation);
            snapshot.Protocol.RequireWritable(Folder);
            if (await HindranceAsync(change, read, snapshot, cancellation) is { } hindrance)
                return hindrance;
            var version = snapshot.Version + 1;
            if (!await PutAsync(version, change, lines, cancellation))
                continue;
            FaultPoint.Reach("commit: in the log");
            _recent.Add(version, lines.Actions);
            var committed = Keep(snapshot.Apply(version, lines.Actions));
            Checkpoints.WriteWhenDue(snapshot, committed);
            return new(DeltaCommitOutcome.Committed, committed);
        }
    }

    private static async ValueTask<DeltaCommitResult?> HindranceAsync(
        DeltaChange change,
        DeltaSnapshot read,
        DeltaSnapshot now,
        CancellationToken cancellation
    )
    {
        if (change.Transaction is { } txn && now.TransactionOf(txn.AppId) >= txn.Version)
            return new(DeltaCommitOutcome.AlreadyThere, now);
        if (!now.HasShapeOf(read))
            return new(DeltaCommitOutcome.Conflict, now, "The table's metadata or protocol changed.");
        if (change.Removes.FirstOrDefault(remove => !now.Files.ContainsKey(remove.Path)) is { } gone)
            return new(DeltaCommitOutcome.Conflict, now, $"{gone.Path} is no longer in the table.");
        if (change.Adds.FirstOrDefault(add => now.Files.ContainsKey(add.Path)) is { } there)
            return new(DeltaCommitOutcome.Conflict, now, $"{there.Path} is in the table already.");
        if (change.StillWanted is { } wanted && !await wanted(now, cancellation))
            return new(DeltaCommitOutcome.Withdrawn, now);
        return null;
    }

    /// <summary>
    /// Tries to be the commit of that version. After a failure, or when the name is taken, the log itself is asked
    /// whose commit it holds: an earlier attempt of ours may have got through though it looked lost.
    /// </summary>
    private async ValueTask<bool> PutAsync(
        long version,
        DeltaChange change,
        CommitLines lines,
        CancellationToken cancellation
    )
    {
        Interlocked.Increment(ref _tries);
        try
        {
            if (await lines.PutIfAbsentAsync(Log.CommitKey(version), cancellation))
                return true;
        }
        catch (IOException)
        {
            var there = await Log.ReadCommitAsync(version, cancellation);
            if (there is null)
                throw;
            return IsOurs(there, change);
        }
        return await ReadCommitAsync(version, cancellation) is { } winner && IsOurs(winner, change);
    }

    private static bool IsOurs(IEnumerable<DeltaAction> commit, DeltaChange change) =>
        commit.OfType<CommitInfo>().Any(info => info.Id == change.Id);

    /// <summary>Reads the table anew: from the newest checkpoint that can be read, commit by commit.</summary>
    private async ValueTask<DeltaSnapshot> LoadAsync(long at, CancellationToken cancellation)
    {
        var start = await _reader.FindStartAsync(at, _reader.ReadCheckpointAsync, cancellation);
        if (start.IsEmpty)
            return DeltaSnapshot.Empty;
        var snapshot = start.Content is null ? DeltaSnapshot.Empty : DeltaSnapshot.Of(start.Version, start.Content);
        if (snapshot.Version > _start.Version)
            _start = snapshot;
        Checkpoints.Began(snapshot);
        snapshot = await ReadOnAsync(snapshot, at, cancellation);
        while (
            snapshot.Version < at && await LaterVersionAsync(snapshot.Version, start.Last, cancellation) is { } later
        )
        {
            // Others may have committed both versions between the two looks.
            var further = await ReadOnAsync(snapshot, at, cancellation);
            if (ReferenceEquals(further, snapshot))
                throw start.Damage
                    ?? new DeltaException(
                        $"{Folder} has a commit of version {later}, and none of version {snapshot.Version + 1}."
                    );
            snapshot = further;
        }
        if (snapshot.Version >= 0)
            snapshot.Protocol.RequireReadable(Folder);
        return snapshot;
    }

    /// <summary>A version that is there after one that is not; null for none.</summary>
    private async ValueTask<long?> LaterVersionAsync(long read, long listed, CancellationToken cancellation)
    {
        if (read < listed)
            return listed;
        for (var version = read + 2; version < read + 2 + Probes; version++)
            if (await _store.FindAsync(Log.CommitKey(version), cancellation) is not null)
                return version;
        return null;
    }

    /// <summary>The snapshot held that is the last at or before a version.</summary>
    private DeltaSnapshot NearestTo(long version)
    {
        var nearest = DeltaSnapshot.Empty;
        foreach (var held in new[] { _start, _earlier, _latest })
            if (held.Version <= version && held.Version > nearest.Version)
                nearest = held;
        return nearest;
    }

    private async ValueTask<DeltaSnapshot> ReadOnAsync(
        DeltaSnapshot snapshot,
        long until,
        CancellationToken cancellation
    )
    {
        while (snapshot.Version < until && await ReadCommitAsync(snapshot.Version + 1, cancellation) is { } actions)
        {
            snapshot = snapshot.Apply(snapshot.Version + 1, actions);
            snapshot.Protocol.RequireReadable(Folder);
        }
        return snapshot;
    }

    private DeltaSnapshot Keep(DeltaSnapshot snapshot)
    {
        // Two threads may read on at once; the cache only ever moves forward.
        lock (_gate)
        {
            if (snapshot.Version > _latest.Version)
                _latest = snapshot;
        }

        return snapshot;
    }
}
