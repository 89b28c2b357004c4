using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Models;

/// <summary>
/// Keeps the log of published figures that runs changed. It is made from the commits of a model's table alone, and
/// records in its own commit which of them it holds: a run that dies between the two is completed by the next, and two
/// at once log a change once (<c>docs/decisions/032-restatements-from-commits.md</c>). Thread-safe.
/// </summary>
internal sealed class RestatementLog(DataLake lake, IQueryEngine engine, TimeProvider clock, int maxAttempts)
{
    /// <summary>Logs every commit of the model's table that is not logged yet.</summary>
    /// <exception cref="ModelException">Others change the log without pause.</exception>
    /// <exception cref="QueryException">Figures could not be compared.</exception>
    /// <exception cref="IOException">The store failed; calling again goes on where it stopped.</exception>
    public async ValueTask CompleteAsync(Model model, CancellationToken cancellation)
    {
        if (lake.Tables.FirstOrDefault(each => each.Name == model.Name) is not { } source)
            return;
        for (var attempt = 0; attempt < maxAttempts; attempt++)
        {
            var last = (await source.Delta.RefreshAsync(cancellation)).Version;
            var logged = await LoggedAsync(model, cancellation);
            if (last <= logged)
                return;
            var log = await lake.EnsureTableAsync(RestatementTable.Name, RestatementTable.Schema, [], cancellation);
            try
            {
                var restatements = await RestatementHistory.ReadAsync(lake, source, model, logged, last, cancellation);
                if (await LogAsync(log, model, logged, last, restatements, cancellation))
                    return;
            }
            catch (QueryException gone) when (gone.Failure == QueryFailure.FileGone && attempt + 1 < maxAttempts)
            {
                // Vacuum came between the look whether its files are there and the comparison of a version.
            }
        }

        throw new ModelException(
            $"{RestatementTable.Name} was changed by others {maxAttempts} times while {model.Name} was to be logged"
        );
    }

    private async ValueTask<long> LoggedAsync(Model model, CancellationToken cancellation) =>
        lake.Tables.FirstOrDefault(each => each.Name == RestatementTable.Name) is { } log
            ? (await log.Delta.RefreshAsync(cancellation)).TransactionOf(RestatementTable.AppIdOf(model))
            : -1;

    /// <summary>False when somebody else logged meanwhile.</summary>
    private async Task<bool> LogAsync(
        LakeTable log,
        Model model,
        long logged,
        long last,
        IReadOnlyList<Restatement> restatements,
        CancellationToken cancellation
    )
    {
        var read = log.Delta.Latest;
        var now = clock.GetUtcNow();
        var appId = RestatementTable.AppIdOf(model);
        var files = new List<StagedFile>();
        var isTried = false;
        var isIn = false;
        try
        {
            var days = await ClosedDays.ReadAsync(lake, engine, cancellation);
            foreach (var restatement in restatements)
                files.AddRange(await WriteAsync(model, restatement, days, cancellation));
            var kept = await lake.Staging.SealAsync(files, cancellation);
            FaultPoint.Reach("restatements: files written");
            var change = new DeltaChange("WRITE")
            {
                Adds = [.. kept.Select(file => LakeTable.AddOf(file, read.Metadata, now))],
                Transaction = new SetTransaction(appId, last, now.ToUnixTimeMilliseconds()),
                Parameters = new Dictionary<string, string?> { ["model"] = model.Name },
                StillWanted = (snapshot, _) => ValueTask.FromResult(snapshot.TransactionOf(appId) == logged),
            };
            isTried = true;
            var result = await log.Delta.CommitAsync(change, read, cancellation);
            isTried = false;
            isIn = result.Outcome == DeltaCommitOutcome.Committed;
            return isIn;
        }
        finally
        {
            // A commit that failed on the way may be there all the same: its files stay for vacuum to judge.
            if (!isTried && !isIn)
                await lake.Staging.DropAsync(files);
        }
    }

    private Task<IReadOnlyList<StagedFile>> WriteAsync(
        Model model,
        Restatement restatement,
        ClosedDays days,
        CancellationToken cancellation
    )
    {
        var (select, sets) = RestatementSql.Of(model, restatement, days, engine.Dialect);
        return lake.Staging.WriteAsync(
            engine,
            engine.Dialect.Translate(select),
            sets,
            RestatementTable.Name,
            folder => new ParquetOutput(folder),
            cancellation
        );
    }
}
