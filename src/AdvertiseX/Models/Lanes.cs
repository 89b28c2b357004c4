using AdvertiseX.Engines;

namespace AdvertiseX.Models;

/// <summary>
/// Runs jobs side by side, a bounded number at once, each after those that it needs
/// (<c>docs/decisions/033-models-side-by-side.md</c>). Of those that may begin the one that most work waits for is
/// first. A job that runs out of memory beside others runs again alone. After a failure none begins, and those under
/// way end. For one run.
/// </summary>
internal sealed class Lanes
{
    private readonly List<LaneJob> _jobs;
    private readonly int _atOnce;
    private readonly List<LaneJob> _waiting;
    private readonly Dictionary<Task, Lane> _running = [];
    private readonly HashSet<string> _open;
    private readonly Dictionary<LaneJob, Exception> _failed = [];
    private readonly Queue<LaneJob> _alone = [];

    /// <param name="jobs">The jobs, each behind those that it comes after.</param>
    /// <param name="atOnce">How many run at once, at least 1; with 1 they run in the order given.</param>
    public Lanes(IEnumerable<LaneJob> jobs, int atOnce)
    {
        _jobs = [.. jobs];
        _atOnce = atOnce;
        _open = _jobs.Select(job => job.Name).ToHashSet(StringComparer.Ordinal);
        var urgency = UrgencyOf(_jobs);
        _waiting = atOnce == 1 ? [.. _jobs] : [.. _jobs.OrderByDescending(job => urgency[job.Name])];
    }

    /// <summary>Runs all jobs to their end.</summary>
    /// <param name="cancellation">Once it is cancelled no job begins.</param>
    /// <exception cref="OperationCanceledException">It was cancelled before all jobs had run.</exception>
    /// <exception cref="Exception">What a job threw; of several the first in the order given.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (_failed.Count == 0 && !cancellation.IsCancellationRequested && Next() is { } job)
                Begin(job);
            if (_running.Count == 0)
                break;
            await EndAsync(await Task.WhenAny(_running.Keys));
        }

        var failures = _jobs.Where(_failed.ContainsKey).Select(job => _failed[job]).ToList();
        if (failures.Find(failure => failure is not OperationCanceledException) is { } first)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        if (_waiting.Count + _alone.Count > 0)
            cancellation.ThrowIfCancellationRequested();
        if (failures.Count > 0)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failures[0]);
    }

    private LaneJob? Next()
    {
        if (_running.Count >= _atOnce || _running.Values.Any(lane => lane.IsAlone))
            return null;
        if (_alone.TryPeek(out var large))
            return _running.Count == 0 ? large : null;
        return _waiting.Find(job => !job.After.Any(_open.Contains));
    }

    private void Begin(LaneJob job)
    {
        var isAlone = _alone.TryPeek(out var large) && large == job;
        if (isAlone)
            _alone.Dequeue();
        else
            _waiting.Remove(job);
        foreach (var lane in _running.Values)
            lane.WasBesideOthers = true;
        _running.Add(Task.Run(job.Work), new Lane(job, isAlone) { WasBesideOthers = _running.Count > 0 });
    }

    private async Task EndAsync(Task task)
    {
        _running.Remove(task, out var lane);
        try
        {
            await task;
            _open.Remove(lane!.Job.Name);
        }
        catch (QueryException failed) when (failed.Failure == QueryFailure.OutOfMemory && lane!.WasBesideOthers)
        {
            // The limit is that of all statements together: alone it may well be enough.
            _alone.Enqueue(lane.Job);
        }
        catch (Exception failed)
        {
            _failed.Add(lane!.Job, failed);
        }
    }

    /// <summary>By job, its own weight with that of the heaviest way through the jobs that wait for it.</summary>
    private static Dictionary<string, long> UrgencyOf(List<LaneJob> jobs)
    {
        var urgency = jobs.ToDictionary(job => job.Name, job => job.Weight, StringComparer.Ordinal);
        foreach (var job in Enumerable.Reverse(jobs))
        {
            var behind = jobs.Where(other => other.After.Contains(job.Name))
                .Select(other => urgency[other.Name])
                .DefaultIfEmpty()
                .Max();
            urgency[job.Name] += behind;
        }

        return urgency;
    }

    private sealed record Lane(LaneJob Job, bool IsAlone)
    {
        public bool WasBesideOthers { get; set; }
    }
}
