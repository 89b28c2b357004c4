using System.Globalization;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>The <c>_delta_log</c> folder of one table: names, commits, where a snapshot begins. Safe for many
/// threads.</summary>
internal sealed class DeltaLog(IObjectStore store, string folder)
{
    private const string CheckpointSuffix = ".checkpoint.parquet";
    private const string CommitSuffix = ".json";

    public string Prefix { get; } = folder + "/_delta_log/";

    public string LastCheckpointKey => Prefix + "_last_checkpoint";

    public string CommitKey(long version) => $"{Prefix}{version:D20}{CommitSuffix}";

    public string CheckpointKey(long version) => $"{Prefix}{version:D20}{CheckpointSuffix}";

    /// <summary>Actions of one commit, or null when there is none of that version.</summary>
    public async ValueTask<List<DeltaAction>?> ReadCommitAsync(long version, CancellationToken cancellation)
    {
        var key = CommitKey(version);
        return await store.ReadAsync(key, cancellation) is { } lines ? DeltaJson.Read(lines, key) : null;
    }

    /// <summary>
    /// The newest checkpoint at or before <paramref name="at"/> and before <paramref name="before"/> (-1 for none) and
    /// the last commit's version at or before <paramref name="at"/> (-1 for no table).
    /// </summary>
    public async ValueTask<(long Checkpoint, long Last)> FindStartAsync(
        long at,
        long before,
        CancellationToken cancellation
    )
    {
        var (hint, _) = await ReadHintAsync(cancellation);
        var after =
            hint >= 0 && hint <= at && hint < before
                ? Prefix + hint.ToString("D20", CultureInfo.InvariantCulture)
                : null;
        var found = await ListAsync(at, before, after, cancellation);
        // A hint that points nowhere (its checkpoint was lost) must not hide the rest.
        return found.Checkpoint < 0 && after is not null ? await ListAsync(at, before, null, cancellation) : found;
    }

    /// <summary>Versions of commits and checkpoints that are there.</summary>
    public async IAsyncEnumerable<(long Version, bool IsCheckpoint, StoredObject Object)> EntriesAsync(
        string? after,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await foreach (var entry in store.ListAsync(Prefix, after, cancellation))
        {
            var name = entry.Key.AsSpan(Prefix.Length);
            if (
                name.Length < 20
                || !long.TryParse(name[..20], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            )
                continue;
            if (name[20..] is CommitSuffix)
                yield return (version, false, entry);
            else if (name[20..] is CheckpointSuffix)
                yield return (version, true, entry);
        }
    }

    private async ValueTask<(long Checkpoint, long Last)> ListAsync(
        long at,
        long before,
        string? after,
        CancellationToken cancellation
    )
    {
        long checkpoint = -1,
            last = -1;
        await foreach (var (version, isCheckpoint, _) in EntriesAsync(after, cancellation))
        {
            if (version > at)
                continue;
            if (isCheckpoint && version < before)
                checkpoint = Math.Max(checkpoint, version);
            last = Math.Max(last, version);
        }
        return (checkpoint, last);
    }

    /// <summary>Version of the newest checkpoint, -1 for none, and the hash of its bytes, null where its writer noted
    /// none: what <c>_last_checkpoint</c> says.</summary>
    public async ValueTask<(long Version, string? Hash)> ReadHintAsync(CancellationToken cancellation)
    {
        if (await store.ReadAsync(LastCheckpointKey, cancellation) is not { } hint)
            return (-1, null);
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(hint);
            return (
                DeltaJson.Number(document.RootElement, "version") ?? -1,
                DeltaJson.ReadMap(document.RootElement, "tags").GetValueOrDefault(AddFile.HashTag)
            );
        }
        catch (Exception broken)
            when (broken is System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            // Only a hint: without it the log is listed whole.
            return (-1, null);
        }
    }
}
