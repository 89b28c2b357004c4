using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>Finds what of a table's log may go: commits and checkpoints that no version within the retention
/// needs.</summary>
internal static class LogVacuum
{
    /// <summary>Of older checkpoints one a day is kept; reading a version between two takes its commits.</summary>
    private static readonly TimeSpan EveryCheckpointFor = TimeSpan.FromDays(1);

    /// <summary>
    /// Commits and checkpoints before the newest checkpoint that is itself older than the retention and can be read:
    /// every younger version can still be read from that checkpoint on.
    /// </summary>
    public static async ValueTask<List<StoredObject>> UnwantedAsync(
        DataLake lake,
        LakeTable table,
        LakeRetention retention,
        DateTimeOffset now,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        var entries = new List<(long Version, bool IsCheckpoint, StoredObject Object)>();
        await foreach (var entry in table.Delta.Log.EntriesAsync(null, cancellation))
            entries.Add(entry);
        var checkpoints = entries.Where(entry => entry.IsCheckpoint).OrderBy(entry => entry.Version).ToList();
        var start = -1L;
        for (var i = checkpoints.Count - 1; i >= 0 && start < 0; i--)
        {
            var (version, _, found) = checkpoints[i];
            if (
                now - found.Modified >= retention.EffectiveLog
                && await table.Delta.FaultOfCheckpointAsync(version, cancellation) is null
            )
                start = version;
        }
        var unwanted = DailyLeftOvers([.. checkpoints.Where(entry => entry.Version >= start)], now);
        if (start <= 0)
            return unwanted;
        // The ledger's positions must not hang on commits that go.
        if (table.Name == IngestLedger.TableName && !dryRun && !await TrySaveStateAsync(lake, cancellation))
            return unwanted;
        return [.. entries.Where(entry => entry.Version < start).Select(entry => entry.Object), .. unwanted];
    }

    /// <summary>False where the store, which may be a full disk, does not take it.</summary>
    private static async ValueTask<bool> TrySaveStateAsync(DataLake lake, CancellationToken cancellation)
    {
        try
        {
            await lake.Ledger.SaveStateAsync(cancellation);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The checkpoints of past days but the first of each; never the newest.</summary>
    private static List<StoredObject> DailyLeftOvers(
        List<(long Version, bool IsCheckpoint, StoredObject Object)> checkpoints,
        DateTimeOffset now
    )
    {
        var unwanted = new List<StoredObject>();
        for (var i = 1; i < checkpoints.Count - 1; i++)
        {
            var found = checkpoints[i].Object;
            var isSameDay = found.Modified.UtcDateTime.Date == checkpoints[i - 1].Object.Modified.UtcDateTime.Date;
            if (isSameDay && now - found.Modified >= EveryCheckpointFor)
                unwanted.Add(found);
        }
        return unwanted;
    }
}
