using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>What happened to a table, as far back as its log is kept.</summary>
internal static class LakeHistory
{
    /// <summary>The newest commits of a table, newest first.</summary>
    /// <param name="table">The table; <see cref="DataLake.AllTables"/> has the ledger too.</param>
    /// <param name="limit">Commits at most.</param>
    /// <param name="cancellation">Stops between two commits.</param>
    public static async ValueTask<IReadOnlyList<TableCommit>> ReadAsync(
        LakeTable table,
        int limit = 100,
        CancellationToken cancellation = default
    )
    {
        var commits = new List<TableCommit>();
        var version = (await table.Delta.RefreshAsync(cancellation)).Version;
        for (; version >= 0 && commits.Count < limit; version--)
        {
            if (await table.Delta.ReadCommitAsync(version, cancellation) is not { } actions)
                break;
            commits.Add(CommitOf(version, actions));
        }
        return commits;
    }

    private static TableCommit CommitOf(long version, IReadOnlyList<DeltaAction> actions)
    {
        var info = actions.OfType<CommitInfo>().FirstOrDefault();
        var adds = actions.OfType<AddFile>().ToList();
        return new(
            version,
            DateTimeOffset.FromUnixTimeMilliseconds(info?.TimestampMillis ?? 0),
            info?.Operation ?? "UNKNOWN",
            adds.Sum(add => add.Rows ?? 0),
            adds.Count,
            actions.OfType<RemoveFile>().Count(),
            actions.OfType<SetTransaction>().FirstOrDefault(txn => txn.AppId == DataLake.IngestAppId)?.Version,
            info?.Engine
        );
    }
}
