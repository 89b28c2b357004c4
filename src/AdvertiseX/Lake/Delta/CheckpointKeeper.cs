using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>
/// Writes a table's checkpoints beside the commits, which never wait for it: a commit that makes one due starts a task.
/// A checkpoint that fails is tried again some commits later; the commits hold everything. Safe for many threads, and
/// of many processes usually one writes.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="log">The table's log.</param>
/// <param name="removedOf">The files that left the table of a snapshot.</param>
/// <param name="keepRemoved">How long files that left the table are named.</param>
/// <param name="clock">The clock.</param>
internal sealed class CheckpointKeeper(
    IObjectStore store,
    DeltaLog log,
    Func<DeltaSnapshot, CancellationToken, ValueTask<RemovedFiles>> removedOf,
    Func<TimeSpan> keepRemoved,
    TimeProvider clock
)
{
    /// <summary>Fewer commits are not worth a checkpoint: reading them takes a few milliseconds.</summary>
    public const int FewestCommits = 100;

    /// <summary>After so many commits a checkpoint is due whatever its size.</summary>
    public const int MostCommits = 1_000;

    /// <summary>Before that, it is due once the log after the last one has this part of its actions.</summary>
    private const int Share = 10;

    /// <summary>The process whose commit made a checkpoint due writes it; another waits for so many commits.</summary>
    private const int Grace = FewestCommits / 2;

    private readonly Lock _gate = new();
    private Task _writing = Task.CompletedTask;
    private Mark _newest = new(-1, 0, 0);
    private long _dueSince = -1;

    /// <summary>Ends when no checkpoint is being written; failures do not show.</summary>
    public Task WrittenAsync()
    {
        lock (_gate)
            return _writing;
    }

    /// <summary>Notes the checkpoint that a reading began with.</summary>
    public void Began(DeltaSnapshot start)
    {
        lock (_gate)
        {
            if (start.Version > _newest.Version)
                _newest = new(start.Version, start.ActionsRead, start.ActionsRead);
        }
    }

    /// <summary>Starts the writing of a checkpoint if one is due after a commit of this process.</summary>
    /// <param name="before">The table before the commit.</param>
    /// <param name="committed">The table after it.</param>
    public void WriteWhenDue(DeltaSnapshot before, DeltaSnapshot committed)
    {
        // A table whose protocol lists features was made by others; theirs may belong into a checkpoint, so they write
        // it.
        if (committed.Protocol.MinWriterVersion > 2)
            return;
        lock (_gate)
        {
            if (!IsDue(committed) || !_writing.IsCompleted)
                return;
            var isFirst = _dueSince < 0;
            if (isFirst)
                _dueSince = committed.Version;
            if (isFirst && !IsDue(before) || committed.Version >= _dueSince + Grace)
            {
                _dueSince = committed.Version;
                _writing = Task.Run(() => TryWriteAsync(committed));
            }
        }
    }

    /// <summary>Writes the checkpoint of a snapshot now; false when it is there.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    /// <exception cref="DeltaException">The log is damaged.</exception>
    public async ValueTask<bool> WriteAsync(DeltaSnapshot snapshot, CancellationToken cancellation)
    {
        var removed = await removedOf(snapshot, cancellation);
        var written = await DeltaCheckpoint.WriteAsync(
            store,
            log,
            snapshot,
            removed,
            keepRemoved(),
            clock.GetUtcNow(),
            cancellation
        );
        Note(new(snapshot.Version, snapshot.Files.Count + snapshot.Transactions.Count, snapshot.ActionsRead));
        return written;
    }

    private async Task TryWriteAsync(DeltaSnapshot snapshot)
    {
        try
        {
            var hint = await log.ReadHintAsync(CancellationToken.None);
            // Another process was first. How many actions followed it is not known here: as many as there were commits.
            if (hint.Version > _newest.Version)
            {
                var since = (double)(snapshot.Version - hint.Version) / (snapshot.Version - _newest.Version);
                var actions = (long)((snapshot.ActionsRead - _newest.Read) * Math.Clamp(since, 0, 1));
                Note(new(hint.Version, hint.Actions, snapshot.ActionsRead - actions));
            }
            if (IsDue(snapshot))
                await WriteAsync(snapshot, CancellationToken.None);
        }
        catch (Exception failed) when (failed is IOException or DeltaException or UnauthorizedAccessException)
        {
            // The commits stand; a checkpoint only shortens the way for readers.
        }
    }

    private void Note(Mark checkpoint)
    {
        lock (_gate)
        {
            if (checkpoint.Version > _newest.Version)
                (_newest, _dueSince) = (checkpoint, -1);
        }
    }

    private bool IsDue(DeltaSnapshot snapshot)
    {
        var newest = _newest;
        var commits = snapshot.Version - newest.Version;
        return commits >= MostCommits
            || (commits >= FewestCommits && (snapshot.ActionsRead - newest.Read) * Share > newest.Actions);
    }

    /// <summary>A checkpoint: its version, its rows, and the actions that a reader had read with it.</summary>
    private sealed record Mark(long Version, long Actions, long Read);
}
