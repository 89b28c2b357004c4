using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake.Delta;

/// <summary>Classic checkpoints of one file (Delta protocol, "Checkpoints").</summary>
internal static class DeltaCheckpoint
{
    /// <summary>The tag of <c>_last_checkpoint</c> that holds since when, in millis since 1970 UTC, files that left the
    /// table are named in the checkpoint.</summary>
    public const string RemovedSinceTag = "adx.removedSince";

    /// <summary>Writes the checkpoint of a snapshot, then the hint that it is there.</summary>
    /// <param name="store">The store.</param>
    /// <param name="log">The table's log.</param>
    /// <param name="snapshot">The table.</param>
    /// <param name="removed">Files that left it, as far as they are known.</param>
    /// <param name="keptFor">How long files that left the table are named.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>Whether a checkpoint was written: false where it is there already.</returns>
    public static async ValueTask<bool> WriteAsync(
        IObjectStore store,
        DeltaLog log,
        DeltaSnapshot snapshot,
        RemovedFiles removed,
        TimeSpan keptFor,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var since = Math.Max(removed.KnownSince, (now - keptFor).ToUnixTimeMilliseconds());
        using var writer = new CheckpointWriter();
        writer.Add(snapshot.Protocol);
        writer.Add(snapshot.Metadata);
        foreach (var txn in snapshot.Transactions.Values)
            writer.Add(txn);
        // By path, so that neighbours share their date and compress well.
        foreach (var add in snapshot.Files.Values.OrderBy(add => add.Path, StringComparer.Ordinal))
            writer.Add(add);
        foreach (var remove in removed.ByPath.Values)
            if (remove.DeletedMillis >= since)
                writer.Add(remove);
        var content = writer.ToArray();
        // Put under its name whole. Another writer's checkpoint of this version holds the same, in other bytes; the
        // hint is then that writer's too.
        if (!await store.PutIfAbsentAsync(log.CheckpointKey(snapshot.Version), content, cancellation))
            return false;
        FaultPoint.Reach("checkpoint: written");
        var said = new CheckpointHint(snapshot.Version, FileHash.TextOf(content), writer.Actions, since);
        var hint =
            $"{{\"version\":{said.Version},\"size\":{said.Actions},\"sizeInBytes\":{content.Length},"
            + $"\"numOfAddFiles\":{snapshot.Files.Count},\"checkpointSchema\":{CheckpointSchema.AsDelta},"
            + $"\"tags\":{{\"{AddFile.HashTag}\":\"{said.Hash}\",\"{RemovedSinceTag}\":\"{since}\","
            + $"\"{CheckpointHint.OwnHashTag}\":\"{said.OwnHash}\"}}}}";
        // A slower writer of an older version must not take the hint back.
        if ((await log.ReadHintAsync(cancellation)).Version < snapshot.Version)
            await store.PutAsync(log.LastCheckpointKey, Encoding.UTF8.GetBytes(hint), cancellation);
        FaultPoint.Reach("checkpoint: hint written");
        return true;
    }

    /// <summary>What a checkpoint holds, whose bytes must have the hash, if one is given; null when it is not
    /// there.</summary>
    /// <exception cref="DeltaException">The file is damaged.</exception>
    public static async ValueTask<CheckpointContent?> ReadAsync(
        IObjectStore store,
        LakeEngine engine,
        string key,
        string? hash,
        bool removed,
        CancellationToken cancellation
    )
    {
        if (await ContentAsync(store, key, hash, cancellation) is not { } content)
            return null;
        try
        {
            return CheckpointReader.Read(content, key, removed);
        }
        catch (ParquetLayoutException)
        {
            // Of another writer, or damaged: DuckDB reads every layout, or says what is wrong.
            return await ReadWithEngineAsync(store, engine, key, cancellation);
        }
    }

    /// <summary>The files that left the table, as a checkpoint names them; null when it is not there.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async ValueTask<IReadOnlyList<RemoveFile>?> ReadRemovedAsync(
        IObjectStore store,
        LakeEngine engine,
        string key,
        string? hash,
        CancellationToken cancellation
    )
    {
        if (await ContentAsync(store, key, hash, cancellation) is not { } content)
            return null;
        try
        {
            return CheckpointReader.ReadRemoved(content);
        }
        catch (ParquetLayoutException)
        {
            return (await ReadWithEngineAsync(store, engine, key, cancellation)).Removed;
        }
    }

    private static async ValueTask<byte[]?> ContentAsync(
        IObjectStore store,
        string key,
        string? hash,
        CancellationToken cancellation
    )
    {
        var content = await store.ReadAsync(key, cancellation);
        if (content is null)
            return null;
        if (hash is not null && FileHash.TextOf(content) != hash)
            throw new DeltaException($"{key} was written with other bytes: its hash is not {hash}.");
        if (hash is null && CheckpointReader.FirstDamagedPage(content) is { } page)
            throw new DeltaException($"{key} is damaged: {page}.");
        return content;
    }

    private static async ValueTask<CheckpointContent> ReadWithEngineAsync(
        IObjectStore store,
        LakeEngine engine,
        string key,
        CancellationToken cancellation
    )
    {
        var actions = new List<DeltaAction>();
        var row = 0;
        await engine.ReadAsJsonAsync(
            store.AddressOf(key),
            line =>
            {
                row++;
                if (
                    DeltaJson.ReadLine(line, string.Create(CultureInfo.InvariantCulture, $"{key}, row {row}")) is
                    { } action
                )
                    actions.Add(action);
            },
            cancellation
        );
        return CheckpointContent.Of(actions, key);
    }
}
