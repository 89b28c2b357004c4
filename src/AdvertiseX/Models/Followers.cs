using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>Tells from logs alone how far models, and the log of restatements, have read the tables that they
/// follow.</summary>
internal static class Followers
{
    // Whoever is further behind is not waited for: to tell what it has not read would cost more than it is worth.
    private const long MostCommits = 1_000;

    /// <summary>The least version that a follower has read, by table; models that no longer run are followers
    /// too.</summary>
    /// <exception cref="DeltaException">A log is damaged.</exception>
    public static async ValueTask<FollowedVersions> ReadAsync(DataLake lake, CancellationToken cancellation)
    {
        var least = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in lake.Tables)
        {
            var snapshot = await table.Delta.RefreshAsync(cancellation);
            foreach (var read in snapshot.Transactions.Values)
                if (TableOf(table.Name, read.AppId) is { } followed)
                    least[followed] = Math.Min(read.Version, least.GetValueOrDefault(followed, long.MaxValue));
        }
        return new FollowedVersions(least);
    }

    /// <summary>Paths of the files with rows that joined a table and that a follower has not read; null where the log
    /// does not tell, or it would be too much to read.</summary>
    public static async ValueTask<IReadOnlySet<string>?> UnreadAsync(
        FollowedVersions followed,
        LakeTable table,
        DeltaSnapshot snapshot,
        CancellationToken cancellation
    )
    {
        var unread = new HashSet<string>(StringComparer.Ordinal);
        if (!followed.Least.TryGetValue(table.Name, out var read))
            return unread;
        if (snapshot.Version - read > MostCommits)
            return null;
        for (var version = read + 1; version <= snapshot.Version; version++)
        {
            if (await table.Delta.ReadCommitAsync(version, cancellation) is not { } commit)
                return null;
            unread.UnionWith(commit.OfType<AddFile>().Where(add => add.DataChange).Select(add => add.Path));
        }
        return unread;
    }

    private static string? TableOf(string table, string appId)
    {
        var inputs = ModelPlan.AppIdOf(table, "");
        if (appId.StartsWith(inputs, StringComparison.Ordinal))
            return appId[inputs.Length..];
        return
            table == RestatementTable.Name && appId.StartsWith(RestatementTable.AppIdPrefix, StringComparison.Ordinal)
            ? appId[RestatementTable.AppIdPrefix.Length..]
            : null;
    }
}
