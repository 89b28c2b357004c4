using AdvertiseX.DuckDb;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>
/// Checks a lake against itself: every ledger row conserves, positions follow one another, the tables have the rows
/// that the ledger counts, and the files are there, with the rows and the bytes that the logs say. First adds to the
/// tables what the ledger decided on (<see cref="DataLake.ApplyAsync"/>), as opening a lake does; writes nothing else.
/// Safe beside running writers.
/// </summary>
public static class LakeVerifier
{
    /// <summary>Verifies a lake.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="options">How thoroughly; null for the defaults.</param>
    /// <param name="cancellation">Stops between two files or queries.</param>
    /// <exception cref="DeltaException">The ledger is damaged, or what it decided on cannot be added to its
    /// table.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public static async ValueTask<VerifyReport> RunAsync(
        DataLake lake,
        VerifyOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new VerifyOptions();
        var remarks = new List<VerifyProblem>();
        var problems = new List<VerifyProblem>();
        var files = new FileCheck(lake, problems, remarks, !options.Quick);
        await lake.ApplyAllAsync(cancellation);
        var snapshots = new Dictionary<string, DeltaSnapshot>(StringComparer.Ordinal);
        var whole = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var unnamed = 0;
        foreach (var (table, snapshot) in await SnapshotsAsync(lake, problems, cancellation))
        {
            snapshots[table.Name] = snapshot;
            whole[table.Name] = await files.RunAsync(table, snapshot, cancellation);
            unnamed += await files.CountUnnamedAsync(table, snapshot, cancellation);
            await files.RunCheckpointsAsync(table, cancellation);
        }
        await files.RunStagedAsync(snapshots, cancellation);
        await files.RunPositionsAsync(cancellation);
        var (ledgerRows, streams) = CheckLedger(lake, whole, problems, remarks, options);
        return new(
            problems,
            snapshots.Count,
            snapshots.Values.Sum(snapshot => snapshot.Files.Count),
            snapshots.Values.Sum(snapshot => snapshot.Files.Values.Sum(file => file.Rows ?? 0)),
            ledgerRows,
            streams,
            unnamed,
            files.Unhashed,
            remarks
        );
    }

    /// <summary>
    /// The tables at one moment: the ledger is pinned first and once more after the tables, until it stood still, so
    /// that a batch committed meanwhile is not taken for a break.
    /// </summary>
    private static async ValueTask<List<(LakeTable Table, DeltaSnapshot Snapshot)>> SnapshotsAsync(
        DataLake lake,
        List<VerifyProblem> problems,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var version = await lake.Ledger.RefreshAsync(cancellation);
            await lake.ApplyAllAsync(cancellation);
            var snapshots = new List<(LakeTable, DeltaSnapshot)>();
            foreach (var table in lake.AllTables)
            {
                try
                {
                    snapshots.Add((table, await table.Delta.RefreshAsync(cancellation)));
                }
                catch (DeltaException broken)
                {
                    problems.Add(new(FileCheck.Log, table.Name, broken.Message));
                }
            }
            if (await lake.Ledger.RefreshAsync(cancellation) == version)
                return snapshots;
        }
    }

    private static (long Rows, int Streams) CheckLedger(
        DataLake lake,
        IReadOnlyDictionary<string, IReadOnlyList<string>> whole,
        List<VerifyProblem> problems,
        List<VerifyProblem> remarks,
        VerifyOptions options
    )
    {
        try
        {
            using var connection = lake.Engine.Connect();
            var check = new LedgerCheck(connection, whole, problems);
            var found = check.Run();
            if (!options.Quick)
                check.RunDuplicates(options.DuplicateLookback, remarks);
            return found;
        }
        catch (DuckDbException failed)
        {
            // A file without a hash, or a quick look: its footer is right and its pages are not.
            problems.Add(new(FileCheck.Files, "tables", failed.Message));
            return (0, 0);
        }
    }
}
