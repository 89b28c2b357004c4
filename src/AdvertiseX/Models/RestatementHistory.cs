using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>Reads from the log of a model's table which of its commits restated something.</summary>
internal static class RestatementHistory
{
    /// <summary>Of a commit's parameters the one that names the table of facts of which rows came, where that is all
    /// that changed.</summary>
    internal const string OnlyGrown = "onlyGrown";

    /// <summary>The commits after <paramref name="logged"/> up to <paramref name="last"/> that changed rows, in
    /// order.</summary>
    public static async ValueTask<IReadOnlyList<Restatement>> ReadAsync(
        DataLake lake,
        LakeTable table,
        Model model,
        long logged,
        long last,
        CancellationToken cancellation
    )
    {
        var found = new List<Restatement>();
        long? untoldFrom = null;
        for (var version = logged + 1; version <= last; version++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await OfCommitAsync(lake, table, model, version, cancellation) is not { } restatement)
                continue;
            if (restatement.Kind != RestatementKind.Untold)
            {
                found.Add(restatement);
                untoldFrom = null;
                continue;
            }

            // One row for a whole stretch: a lake that is older than its log of restatements may have thousands of
            // versions.
            if (untoldFrom is not null)
                found.RemoveAt(found.Count - 1);
            untoldFrom ??= version;
            var which = untoldFrom == version ? $"version {version}" : $"versions {untoldFrom} to {version}";
            found.Add(
                restatement with
                {
                    Reason = $"what {which} changed can no longer be told: log or files are gone",
                }
            );
        }

        return found;
    }

    private static async ValueTask<Restatement?> OfCommitAsync(
        DataLake lake,
        LakeTable table,
        Model model,
        long version,
        CancellationToken cancellation
    )
    {
        if (await table.Delta.ReadCommitAsync(version, cancellation) is not { } commit)
            return new Restatement(RestatementKind.Untold, version, null, "");
        var adds = commit.OfType<AddFile>().Where(add => add.DataChange).ToList();
        var removes = commit.OfType<RemoveFile>().Where(remove => remove.DataChange).ToList();
        if (adds.Count + removes.Count == 0)
            return null;
        var info = commit.OfType<CommitInfo>().FirstOrDefault();
        var restatement = new Restatement(
            RestatementKind.Untold,
            version,
            info?.TimestampMillis * 1_000,
            ReasonOf(info)
        );
        if (await SnapshotAsync(table, version - 1, cancellation) is not { } before)
            return restatement;
        if (
            before.Files.Count == 0
            || commit.OfType<TableMetadata>().Any()
            || model.Grain.Any(column => before.Schema.Find(column) is null)
        )
            return restatement with { Kind = RestatementKind.Rebuilt };
        var files = table.FilesOf(before).ToDictionary(file => file.Path, StringComparer.Ordinal);
        if (removes.Exists(remove => !files.ContainsKey(remove.Path)))
            return restatement;
        restatement = restatement with
        {
            Kind = RestatementKind.Cells,
            Columns = before.Schema.Columns,
            IsOfNewConversions =
                info?.Parameters.GetValueOrDefault(OnlyGrown) == FactTables.Of(EventKind.Conversion).Name,
            PublishedMicros = await PublishedAsync(table, version - 1, cancellation),
            Before = [.. removes.Select(remove => files[remove.Path])],
            After =
            [
                .. adds.Select(add => new LakeFile(
                    table.Name,
                    add.Path,
                    table.AddressOf(add.Path),
                    add.EventDate,
                    add.Rows ?? 0,
                    add.SizeBytes,
                    add.Stats,
                    null
                )),
            ],
            Published = [.. files.Values],
        };
        return await AreThereAsync(lake, table, [.. restatement.After, .. restatement.Published], cancellation)
            ? restatement
            : restatement with
            {
                Kind = RestatementKind.Untold,
            };
    }

    private static async ValueTask<long?> PublishedAsync(LakeTable table, long version, CancellationToken cancellation)
    {
        var commit = await table.Delta.ReadCommitAsync(version, cancellation);
        return commit?.OfType<CommitInfo>().FirstOrDefault()?.TimestampMillis * 1_000;
    }

    private static string ReasonOf(CommitInfo? info)
    {
        if (info is null)
            return "";
        return info.Parameters.GetValueOrDefault("cause")
            ?? info.Parameters.GetValueOrDefault("reason")
            ?? info.Operation;
    }

    private static async ValueTask<DeltaSnapshot?> SnapshotAsync(
        LakeTable table,
        long version,
        CancellationToken cancellation
    )
    {
        try
        {
            return await table.Delta.AtAsync(version, cancellation);
        }
        catch (DeltaException)
        {
            // The log before it was cleaned.
            return null;
        }
    }

    private static async ValueTask<bool> AreThereAsync(
        DataLake lake,
        LakeTable table,
        IReadOnlyList<LakeFile> files,
        CancellationToken cancellation
    )
    {
        foreach (var file in files)
        {
            if (await lake.Store.FindAsync(table.KeyOf(file.Path), cancellation) is null)
                return false;
        }

        return true;
    }
}
