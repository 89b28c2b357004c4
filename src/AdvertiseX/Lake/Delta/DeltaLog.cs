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
        long checkpoint = -1,
            last = -1;
        await foreach (var (version, isCheckpoint, _) in EntriesAsync(null, cancellation))
        {
            if (version > at)
                continue;
            if (isCheckpoint && version < before)
                checkpoint = Math.Max(checkpoint, version);
            last = Math.Max(last, version);
        }
        return (checkpoint, last);
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

    /// <summary>What <c>_last_checkpoint</c> says; <see cref="CheckpointHint.None"/> where it is not there or
    /// damaged.</summary>
    public async ValueTask<CheckpointHint> ReadHintAsync(CancellationToken cancellation)
    {
        if (await store.ReadAsync(LastCheckpointKey, cancellation) is not { } hint)
            return CheckpointHint.None;
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(hint);
            var tags = DeltaJson.ReadMap(document.RootElement, "tags");
            var said = new CheckpointHint(
                DeltaJson.Number(document.RootElement, "version") ?? -1,
                tags.GetValueOrDefault(AddFile.HashTag),
                DeltaJson.Number(document.RootElement, "size") ?? 0,
                long.TryParse(
                    tags.GetValueOrDefault(DeltaCheckpoint.RemovedSinceTag),
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var since
                )
                    ? since
                    : null
            );
            return tags.TryGetValue(CheckpointHint.OwnHashTag, out var hash) && hash != said.OwnHash
                ? CheckpointHint.None
                : said;
        }
        catch (Exception broken)
            when (broken is System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            // Only a hint: without it the log is listed whole.
            return CheckpointHint.None;
        }
    }
}
