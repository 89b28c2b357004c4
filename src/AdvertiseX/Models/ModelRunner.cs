using System.Collections.Concurrent;
using AdvertiseX.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Models;

/// <summary>
/// Refreshes models side by side (<see cref="Lanes"/>): each after those that it reads, from pinned versions of its
/// inputs, in one commit that records them. Killed at any point, the next run finishes; two at once never undo each
/// other. Thread-safe.
/// </summary>
public sealed class ModelRunner
{
    // They share the engine's memory, so more gain little.
    private const int MostAtOnceByDefault = 4;

    private readonly IQueryEngine _engine;
    private readonly ModelCatalog _catalog;
    private readonly ModelRunnerOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>For the models that the program ships.</summary>
    /// <param name="engine">Evaluates the SELECTs; stays the caller's.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="clock">Null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ModelRunner(IQueryEngine engine, ModelRunnerOptions? options = null, TimeProvider? clock = null)
        : this(engine, null, options, clock) { }

    /// <param name="engine">Evaluates the SELECTs; stays the caller's.</param>
    /// <param name="catalog">The models; null for those shipped.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="clock">Null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    internal ModelRunner(
        IQueryEngine engine,
        ModelCatalog? catalog,
        ModelRunnerOptions? options = null,
        TimeProvider? clock = null
    )
    {
        _engine = engine;
        _catalog = catalog ?? ModelCatalog.Shipped;
        _options = OptionCheck.Require(options ?? new ModelRunnerOptions());
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>Refreshes models that are stale, with those that they read.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="which">Names of models; null or none for all.</param>
    /// <param name="full">Compute everything, stale or not; an identical result is not committed.</param>
    /// <param name="dryRun">Only say what would be done.</param>
    /// <param name="cancellation">Stops before the next commit.</param>
    /// <returns>One entry for each model looked at, in the catalog's order.</returns>
    /// <exception cref="ModelException">There is no such model, a check does not hold, or the table never stands
    /// still.</exception>
    /// <exception cref="QueryException">A SELECT failed.</exception>
    /// <exception cref="IOException">The store failed; running again goes on where it stopped.</exception>
    public async Task<IReadOnlyList<ModelResult>> RunAsync(
        DataLake lake,
        IReadOnlyCollection<string>? which = null,
        bool full = false,
        bool dryRun = false,
        CancellationToken cancellation = default
    )
    {
        var models = Selected(which).ToList();
        using var doubled = new DoubledEvents(lake, _engine, _clock, _options.MaxAttempts);
        using var changes = new ChangeSets(
            _engine,
            _catalog,
            _options,
            dryRun ? (_, stop) => doubled.LastAsync(stop) : doubled.CoverAsync
        );
        var results = new ConcurrentDictionary<string, ModelResult>(StringComparer.Ordinal);
        var jobs = models
            .Select(model =>
                JobOf(
                    model,
                    async before =>
                        results[model.Name] = dryRun
                            ? await PlanAsync(lake, changes, model, full, before, cancellation)
                            : await TracedRefreshAsync(lake, changes, model, full, before, cancellation)
                )
            )
            .ToList();
        if (!dryRun)
            AddLogs(jobs, models, new RestatementLog(lake, _engine, _clock, _options.MaxAttempts), cancellation);
        await new Lanes(jobs, AtOnce).RunAsync(cancellation);
        AddDoubled(doubled, models, results);
        return [.. models.Select(model => results[model.Name])];

        LaneJob JobOf(Model model, Func<List<ModelResult>, Task> work)
        {
            var inputs = _catalog.TablesOf(model).ToHashSet(StringComparer.Ordinal);
            var bytes = lake
                .Tables.Where(table => inputs.Contains(table.Name))
                .Sum(table => table.Delta.Latest.Files.Values.Sum(file => file.SizeBytes));
            return new LaneJob(
                model.Name,
                inputs,
                bytes,
                () => work([.. models.Where(other => inputs.Contains(other.Name)).Select(other => results[other.Name])])
            );
        }
    }

    /// <summary>Says of each table of facts how many rows are left out from now on, with the first model that reads
    /// it, or if none of these does, the first.</summary>
    private void AddDoubled(
        DoubledEvents doubled,
        List<Model> models,
        ConcurrentDictionary<string, ModelResult> results
    )
    {
        foreach (var fact in DoubledRows.Facts.Select(fact => fact.Name).Where(fact => doubled.FoundIn(fact) > 0))
        {
            var rows = doubled.FoundIn(fact) == 1 ? "1 row has" : $"{doubled.FoundIn(fact)} rows have";
            var count = doubled.FoundIn(fact) == 1 ? "counts" : "count";
            var model = models.Find(each => _catalog.TablesOf(each).Contains(fact)) ?? models[0];
            var result = results[model.Name];
            results[model.Name] = result with
            {
                Warnings =
                [
                    .. result.Warnings,
                    $"{fact}: {rows} the event id of an earlier row and {count} in no model; "
                        + $"{DoubledRows.Name} lists them",
                ],
            };
        }
    }

    /// <summary>Behind each model that publishes cells the logging of them, also of what an earlier run committed and
    /// did not live to log.</summary>
    private static void AddLogs(
        List<LaneJob> jobs,
        List<Model> models,
        RestatementLog log,
        CancellationToken cancellation
    )
    {
        LaneJob? last = null;
        foreach (var model in models.Where(model => model.PublishesCells))
        {
            // They commit to one table, so each comes after the one before it.
            string[] after = last is null ? [model.Name] : [model.Name, last.Name];
            last = new LaneJob(
                RestatementTable.AppIdOf(model),
                after,
                0,
                () => log.CompleteAsync(model, cancellation).AsTask()
            );
            jobs.Insert(jobs.FindIndex(job => job.Name == model.Name) + 1, last);
        }
    }

    private int AtOnce =>
        _options.ModelsAtOnce > 0 ? _options.ModelsAtOnce : Math.Min(_engine.Threads, MostAtOnceByDefault);

    private IEnumerable<Model> Selected(IReadOnlyCollection<string>? which)
    {
        if (which is null or { Count: 0 })
            return _catalog.Ordered;
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Model>(which.Select(_catalog.Find));
        while (open.TryPop(out var model))
        {
            if (!wanted.Add(model.Name))
                continue;
            foreach (var read in _catalog.Ordered.Where(other => _catalog.TablesOf(model).Contains(other.Name)))
                open.Push(read);
        }

        return _catalog.Ordered.Where(model => wanted.Contains(model.Name));
    }

    private async Task<ModelResult> PlanAsync(
        DataLake lake,
        ChangeSets changes,
        Model model,
        bool full,
        List<ModelResult> before,
        CancellationToken cancellation
    )
    {
        var plan = await ModelPlanner.PlanAsync(
            lake,
            changes,
            _catalog,
            model,
            _options.TrafficRules,
            full,
            cancellation
        );
        var stale = before
            .Where(result => result.Outcome == ModelOutcome.Planned && _catalog.TablesOf(model).Contains(result.Model))
            .Select(result => result.Model)
            .ToList();
        if (plan.Kind is not (ModelPlanKind.UpToDate or ModelPlanKind.NoteOnly))
            return Done(
                stale.Count == 0 ? plan : plan with { Reason = $"{plan.Reason}; follows {string.Join(", ", stale)}" },
                ModelOutcome.Planned
            );
        return stale.Count == 0
            ? Done(plan, ModelOutcome.UpToDate)
            : Done(
                plan with
                {
                    Kind = model.Refresh == ModelRefresh.Replace ? ModelPlanKind.Full : ModelPlanKind.Incremental,
                    Reason = $"follows {string.Join(", ", stale)}",
                },
                ModelOutcome.Planned
            ) with
            {
                // What it reads is not written yet.
                Work = null,
            };
    }

    private async Task<ModelResult> TracedRefreshAsync(
        DataLake lake,
        ChangeSets changes,
        Model model,
        bool full,
        List<ModelResult> before,
        CancellationToken cancellation
    )
    {
        using var activity = ModelTelemetry.Default.StartRefresh(model.Name);
        var result = await RefreshAsync(lake, changes, model, full, before, cancellation);
        activity?.SetTag("adx.outcome", result.Outcome.ToString());
        return result;
    }

    private async Task<ModelResult> RefreshAsync(
        DataLake lake,
        ChangeSets changes,
        Model model,
        bool full,
        List<ModelResult> before,
        CancellationToken cancellation
    )
    {
        var start = _clock.GetTimestamp();
        var reason = "";
        for (var attempt = 0; attempt < _options.MaxAttempts; attempt++)
        {
            var plan = await ModelPlanner.PlanAsync(
                lake,
                changes,
                _catalog,
                model,
                _options.TrafficRules,
                full,
                cancellation
            );
            if (plan.Kind == ModelPlanKind.UpToDate)
                return Done(plan, attempt == 0 ? ModelOutcome.UpToDate : ModelOutcome.Covered, start: start);
            try
            {
                var (result, hindrance) = await TryRefreshAsync(lake, changes, plan, before, start, cancellation);
                if (result is not null)
                    return result;
                reason = hindrance;
            }
            catch (Exception gone) when (QueryException.IsOfGoneFile(gone))
            {
                if (!await plan.HasLostFilesAsync(lake, cancellation))
                    throw;
                reason = gone.Message;
            }
            catch (ModelException broken) when (broken.IsBrokenCheck && attempt + 1 < _options.MaxAttempts)
            {
                if (!await BringInputsUpAsync(lake, changes, plan, cancellation))
                    throw;
                reason = broken.Message;
            }
        }

        throw new ModelException(
            $"model {model.Name}: its table was changed by others {_options.MaxAttempts} times: {reason}"
        );
    }

    // The result, or what hindered it: others changed the table meanwhile.
    private async Task<(ModelResult? Result, string Hindrance)> TryRefreshAsync(
        DataLake lake,
        ChangeSets changes,
        ModelPlan plan,
        List<ModelResult> before,
        long start,
        CancellationToken cancellation
    )
    {
        await using var run = await ModelRun.StartAsync(plan, lake, _engine, _catalog, _options, changes, cancellation);
        var change = await ComputeAsync(run, plan.Model, cancellation);
        FaultPoint.Reach("model: files written");
        // From here on a failure may hide a commit that happened: its files must stay.
        run.HandOver(change);
        plan = plan with { Causes = CausesOf(plan, before) };
        if (await CommitAsync(lake, changes, plan, change, run.Warnings.Count > 0, cancellation) is { } hindrance)
        {
            run.TakeBack(change);
            return (null, hindrance);
        }

        var done = Done(plan, change.IsEmpty ? ModelOutcome.Unchanged : ModelOutcome.Refreshed, change, start);
        return (done with { Warnings = run.Warnings }, "");
    }

    /// <summary>Refreshes the models that one reads, of which others who run at the same time may have brought some
    /// further than the rest.</summary>
    /// <returns>Whether any input is another than the plan's.</returns>
    private async Task<bool> BringInputsUpAsync(
        DataLake lake,
        ChangeSets changes,
        ModelPlan plan,
        CancellationToken cancellation
    )
    {
        foreach (var model in Selected([plan.Model.Name]).Where(model => model != plan.Model).ToList())
            await RefreshAsync(lake, changes, model, full: false, [], cancellation);
        foreach (var input in plan.Inputs)
            if ((await lake.TableOrUnmade(input.Table).Delta.RefreshAsync(cancellation)).Version != input.Version)
                return true;
        return false;
    }

    private static async Task<ModelChange> ComputeAsync(ModelRun run, Model model, CancellationToken cancellation)
    {
        try
        {
            return await run.ComputeAsync(cancellation);
        }
        catch (QueryException failed)
        {
            throw new QueryException(failed.Failure, $"model {model.Name}: {failed.Message}", failed);
        }
    }

    /// <summary>What changed outside of the models: for an input that this run refreshed, what that was refreshed
    /// for.</summary>
    private static List<string> CausesOf(ModelPlan plan, List<ModelResult> before)
    {
        if (plan.Kind == ModelPlanKind.NoteOnly || plan.IsOfItsOwn)
            return [plan.Reason];
        return
        [
            .. plan
                .Inputs.Where(input => input.HasChanges)
                .SelectMany(input =>
                    before
                        .Find(result => result.Model == input.Table && result.Outcome == ModelOutcome.Refreshed)
                        ?.Causes
                    ?? [input.Description]
                )
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>Null when the change is in the table, else why not.</summary>
    private async ValueTask<string?> CommitAsync(
        DataLake lake,
        ChangeSets changes,
        ModelPlan plan,
        ModelChange change,
        bool isBeyond,
        CancellationToken cancellation
    )
    {
        var table = lake.Table(plan.Model.Name).Delta;
        var now = _clock.GetUtcNow();
        var read = table.Latest;
        var progress = ProgressOf(plan, read, isBeyond, now.ToUnixTimeMilliseconds());
        var metadata = plan.ChangesColumns ? MetadataOf(plan.Model, read) : null;
        if (change.IsEmpty && progress.Count == 0 && metadata is null)
            return null;
        var commit = new DeltaChange(
            metadata is not null ? "REPLACE COLUMNS"
            : change.Removes.Count == 0 ? "WRITE"
            : "MERGE"
        )
        {
            Metadata = metadata,
            Adds = [.. change.Adds.Select(file => LakeTable.AddOf(file, metadata ?? read.Metadata, now))],
            Removes = [.. change.Removes.Select(file => RemoveFile.Of(file, now, dataChange: true))],
            RecordedVersions = progress,
            Parameters = new Dictionary<string, string?>
            {
                ["model"] = plan.Model.Name,
                ["refresh"] = plan.Kind.ToString(),
                ["reason"] = plan.Reason,
                ["cause"] = string.Join(", ", plan.Causes),
                [RestatementHistory.OnlyGrown] = OnlyGrown(plan.Causes),
            },
            StillWanted = (snapshot, _) => ValueTask.FromResult(plan.StillHolds(snapshot)),
        };
        var result = await table.CommitAsync(commit, read, cancellation);
        if (result.Outcome != DeltaCommitOutcome.Committed)
            return result.Reason ?? "another runner was faster";
        if (plan.Table is not { } before)
            return null;
        if (change.Rows is { } rows)
            changes.Note(plan.Model.Name, before.Version, result.Version, rows);
        else if (change.IsUnfollowed)
            changes.NoteDiffering(plan.Model.Name, before.Version, result.Version);
        return null;
    }

    private static TableMetadata MetadataOf(Model model, DeltaSnapshot table) =>
        table.Metadata with
        {
            SchemaString = new DeltaSchema(model.Columns).ToJson(),
            PartitionColumns = model.PartitionColumns,
        };

    /// <summary>The facts that got rows, where they are all that changed, and of one table.</summary>
    private static string? OnlyGrown(IReadOnlyList<string> causes) =>
        FactTables
            .All.Select(table => table.Name)
            .FirstOrDefault(table => causes.Count > 0 && causes.All(cause => InputState.IsGrowth(cause, table)));

    private static List<SetTransaction> ProgressOf(ModelPlan plan, DeltaSnapshot table, bool isBeyond, long now) =>
        [
            .. plan.Model.Refresh == ModelRefresh.Additive
            && plan.Kind != ModelPlanKind.NoteOnly
            && isBeyond != plan.IsBeyond
                ? [new SetTransaction(ModelPlan.BeyondIdOf(plan.Model), isBeyond ? 1 : 0, now)]
                : Array.Empty<SetTransaction>(),
            .. plan
                .Inputs.Where(input => input.Version >= 0)
                .Select(input => new SetTransaction(ModelPlan.AppIdOf(plan.Model, input.Table), input.Version, now))
                .Append(new SetTransaction(ModelPlan.DefinitionIdOf(plan.Model), plan.Fingerprint, now))
                .Where(txn => table.TransactionOf(txn.AppId) != txn.Version),
        ];

    private ModelResult Done(ModelPlan plan, ModelOutcome outcome, ModelChange? change = null, long? start = null) =>
        new(
            plan.Model.Name,
            outcome,
            plan.Kind,
            plan.Reason,
            change?.Adds.Sum(file => file.Rows) ?? 0,
            change?.Adds.Count ?? 0,
            change?.Removes.Count ?? 0,
            start is { } from ? _clock.GetElapsedTime(from) : TimeSpan.Zero
        )
        {
            Causes = plan.Causes,
            Work = ModelWork.Of(plan),
        };
}
