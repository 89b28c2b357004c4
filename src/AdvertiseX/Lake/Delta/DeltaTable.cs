using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>
/// A Delta table: its log read into snapshots, and commits with these conflict rules: a blind append goes
/// on top of whatever others committed, unless the table's shape changed; a commit that removes files conflicts only if
/// one of them is gone. Safe for many threads and processes.
/// </summary>
internal sealed class DeltaTable
{
    /// <summary>A checkpoint is written after every so many commits.</summary>
    public const int CheckpointInterval = 10;

    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly LakeEngine _engine;
    private readonly Lock _gate = new();
    private volatile DeltaSnapshot _latest = DeltaSnapshot.Empty;

    internal DeltaTable(IObjectStore store, string folder, LakeEngine engine, TimeProvider clock)
    {
        _store = store;
        _engine = engine;
        _clock = clock;
        Folder = folder;
        Log = new DeltaLog(store, folder);
    }

    /// <summary>Key of the table's folder, no slash at the end.</summary>
    public string Folder { get; }

    /// <summary>The snapshot read last; <see cref="RefreshAsync"/> reads on.</summary>
    public DeltaSnapshot Latest => _latest;

    internal DeltaLog Log { get; }

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
        // Nothing new can also mean that the log was cleaned past the version held here, long ago.
        if (
            ReferenceEquals(read, snapshot)
            && await _store.FindAsync(Log.CommitKey(snapshot.Version), cancellation) is null
        )
            read = await LoadAsync(long.MaxValue, cancellation);
        return Keep(read);
    }

    /// <summary>The table as it was at <paramref name="version"/>.</summary>
    /// <exception cref="DeltaException">There is no such version, or it can no longer be read.</exception>
    public async ValueTask<DeltaSnapshot> AtAsync(long version, CancellationToken cancellation = default)
    {
        var snapshot = await LoadAsync(version, cancellation);
        return snapshot.Version == version ? snapshot : throw new DeltaException($"{Folder} has no version {version}.");
    }

    /// <summary>The actions of one commit, or null when it is not there (not yet, or no longer).</summary>
    public ValueTask<List<DeltaAction>?> ReadCommitAsync(long version, CancellationToken cancellation = default) =>
        Log.ReadCommitAsync(version, cancellation);

    /// <summary>Why the checkpoint of a version cannot be read, or null when it can.</summary>
    public async ValueTask<string?> FaultOfCheckpointAsync(long version, CancellationToken cancellation = default)
    {
        try
        {
            await ReadCheckpointAsync(version, cancellation);
            return null;
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
        while (true)
        {
            var snapshot = await RefreshAsync(cancellation);
            snapshot.Protocol.RequireWritable(Folder);
            if (await HindranceAsync(change, read, snapshot, cancellation) is { } hindrance)
                return hindrance;
            var version = snapshot.Version + 1;
            if (!await PutAsync(version, change, cancellation))
                continue;
            FaultPoint.Reach("commit: in the log");
            var committed = Keep(await ReadOnAsync(snapshot, version, cancellation));
            if (version % CheckpointInterval == 0)
                await TryCheckpointAsync(committed, cancellation);
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
    private async ValueTask<bool> PutAsync(long version, DeltaChange change, CancellationToken cancellation)
    {
        var lines = DeltaJson.Lines(change.Actions(_clock.GetUtcNow()));
        try
        {
            if (await _store.PutIfAbsentAsync(Log.CommitKey(version), lines, cancellation))
                return true;
        }
        catch (IOException)
        {
            var there = await ReadCommitAsync(version, cancellation);
            if (there is null)
                throw;
            return IsOurs(there, change);
        }
        return await ReadCommitAsync(version, cancellation) is { } winner && IsOurs(winner, change);
    }

    private static bool IsOurs(IEnumerable<DeltaAction> commit, DeltaChange change) =>
        commit.OfType<CommitInfo>().Any(info => info.Id == change.Id);

    private async ValueTask<DeltaSnapshot> LoadAsync(long at, CancellationToken cancellation)
    {
        DeltaException? damage = null;
        for (var before = long.MaxValue; ; )
        {
            var (checkpoint, last) = await Log.FindStartAsync(at, before, cancellation);
            if (last < 0)
                return DeltaSnapshot.Empty;
            var start = DeltaSnapshot.Empty;
            try
            {
                if (checkpoint >= 0)
                    start = start.Apply(checkpoint, await ReadCheckpointAsync(checkpoint, cancellation));
            }
            catch (DeltaException damaged)
            {
                // Whatever a checkpoint holds, the commits before it hold too, if they are still there.
                damage ??= damaged;
                before = checkpoint;
                continue;
            }
            var snapshot = await ReadOnAsync(start, at, cancellation);
            if (snapshot.Version < last)
                throw damage
                    ?? new DeltaException(
                        $"{Folder} has a commit of version {last}, and none of version {snapshot.Version + 1}."
                    );
            snapshot.Protocol.RequireReadable(Folder);
            return snapshot;
        }
    }

    private async ValueTask<List<DeltaAction>> ReadCheckpointAsync(long version, CancellationToken cancellation)
    {
        var (newest, hash) = await Log.ReadHintAsync(cancellation);
        return await DeltaCheckpoint.ReadAsync(
            _store,
            _engine,
            Log.CheckpointKey(version),
            version == newest ? hash : null,
            cancellation
        );
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

    private async ValueTask TryCheckpointAsync(DeltaSnapshot snapshot, CancellationToken cancellation)
    {
        try
        {
            await DeltaCheckpoint.WriteAsync(_store, _engine, Log, snapshot, _clock.GetUtcNow(), cancellation);
        }
        catch (Exception failed) when (failed is IOException or DuckDb.DuckDbException)
        {
            // The commit stands; a checkpoint only shortens the way for readers, and the next one is ten commits away.
        }
    }
}
