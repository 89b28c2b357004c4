using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>Finds where a reading of a log begins: at the newest checkpoint that can be read. Safe for many
/// threads.</summary>
internal sealed class DeltaLogReader(IObjectStore store, DeltaLog log, LakeEngine engine, TimeProvider clock)
{
    /// <summary>What Delta keeps by default, for checkpoints whose writer did not say it.</summary>
    private static readonly TimeSpan UsuallyNamed = TimeSpan.FromDays(7);

    /// <summary>What a checkpoint holds, without the files that left the table; null when it is not there.</summary>
    /// <exception cref="DeltaException">It is damaged.</exception>
    public async ValueTask<CheckpointContent?> ReadCheckpointAsync(long version, CancellationToken cancellation)
    {
        var hint = await log.ReadHintAsync(cancellation);
        var hash = version == hint.Version ? hint.Hash : null;
        return await DeltaCheckpoint.ReadAsync(
            store,
            engine,
            log.CheckpointKey(version),
            hash,
            removed: false,
            cancellation
        );
    }

    /// <summary>The files that left the table of a snapshot, as far as the log still names them.</summary>
    /// <exception cref="DeltaException">The log is damaged.</exception>
    public async ValueTask<RemovedFiles> ReadRemovedAsync(DeltaSnapshot snapshot, CancellationToken cancellation)
    {
        var hint = await log.ReadHintAsync(cancellation);
        var start = await FindStartAsync(
            snapshot.Version,
            async (version, token) =>
                await DeltaCheckpoint.ReadRemovedAsync(
                    store,
                    engine,
                    log.CheckpointKey(version),
                    version == hint.Version ? hint.Hash : null,
                    token
                ),
            cancellation
        );
        var removed = new Dictionary<string, RemoveFile>(StringComparer.Ordinal);
        foreach (var file in start.Content ?? [])
            removed[file.Path] = file;
        for (var version = start.Version + 1; version <= snapshot.Version; version++)
        {
            var commit =
                await log.ReadCommitAsync(version, cancellation)
                ?? throw start.Damage ?? new DeltaException($"{log.CommitKey(version)} is not there.");
            foreach (var action in commit)
            {
                if (action is RemoveFile file)
                    removed[file.Path] = file;
                else if (action is AddFile add)
                    removed.Remove(add.Path);
            }
        }
        return new(removed, KnownSince(start.Version, hint));
    }

    /// <summary>
    /// Where a reading up to <paramref name="at"/> begins. The log's folder is listed only where no hint leads to a
    /// checkpoint that can be read, and the table has more commits than are read without one.
    /// </summary>
    /// <param name="at">The version to be read, or the greatest number for the newest.</param>
    /// <param name="read">Reads a checkpoint; null when it is not there.</param>
    /// <param name="cancellation">Stops the search.</param>
    public async ValueTask<LogStart<T>> FindStartAsync<T>(
        long at,
        Func<long, CancellationToken, ValueTask<T?>> read,
        CancellationToken cancellation
    )
        where T : class
    {
        var start = new LogStart<T>(-1, null, -1, null);
        var hint = (await log.ReadHintAsync(cancellation)).Version;
        var before = long.MaxValue;
        if (hint >= 0 && hint <= at)
        {
            start = await TryReadAsync(start, hint, read, cancellation);
            if (start.Content is not null)
                return start;
            before = hint;
        }
        else if (hint < 0 && await IsShortAsync(cancellation))
        {
            return start;
        }
        while (true)
        {
            var (checkpoint, last) = await log.FindStartAsync(at, before, cancellation);
            start = start with { Last = last };
            if (last < 0)
                return start with { IsEmpty = true };
            if (checkpoint < 0)
                return start;
            start = await TryReadAsync(start, checkpoint, read, cancellation);
            if (start.Content is not null)
                return start;
            before = checkpoint;
        }
    }

    /// <summary>Whatever a damaged checkpoint holds, the commits before it hold too, if they are still there.</summary>
    private static async ValueTask<LogStart<T>> TryReadAsync<T>(
        LogStart<T> start,
        long version,
        Func<long, CancellationToken, ValueTask<T?>> read,
        CancellationToken cancellation
    )
        where T : class
    {
        try
        {
            return await read(version, cancellation) is { } content
                ? start with
                {
                    Version = version,
                    Content = content,
                }
                : start;
        }
        catch (DeltaException damaged)
        {
            return start with { Damage = start.Damage ?? damaged };
        }
    }

    /// <summary>Whether the log is whole and so short that a checkpoint would save little.</summary>
    private async ValueTask<bool> IsShortAsync(CancellationToken cancellation) =>
        await store.FindAsync(log.CommitKey(0), cancellation) is not null
        && await store.FindAsync(log.CommitKey(CheckpointKeeper.MostCommits), cancellation) is null;

    private long KnownSince(long checkpoint, CheckpointHint hint)
    {
        if (checkpoint < 0)
            return long.MinValue;
        return checkpoint == hint.Version && hint.RemovedSince is { } since
            ? since
            : (clock.GetUtcNow() - UsuallyNamed).ToUnixTimeMilliseconds();
    }
}
