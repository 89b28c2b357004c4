using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Sources;

namespace AdvertiseX.Spool;

/// <summary>Brings a spool's deliveries into the lake, until it is stopped. What fails is tried again after a pause
/// that grows; the ledger tells where it goes on.</summary>
/// <param name="environment">Spool and lake.</param>
/// <param name="live">Interval and sizes of commits.</param>
internal sealed class SpoolWorker(SpoolWorkerEnvironment environment, LiveOptions live) : ILiveRun
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly LivePipeline _pipeline = new(environment.Ingest, live);
    private readonly DeliveryVerdicts _verdicts = new(environment);
    private volatile string? _outage;

    /// <summary>What is committed.</summary>
    public LiveTally Tally { get; } = new();

    /// <summary>What fails; null if all is well.</summary>
    public string? Outage => _outage;

    /// <summary>Runs until stopped; what was read is committed first, as far as there is time.</summary>
    /// <exception cref="DeltaException">The lake is damaged.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), LongestPause);
        while (!stop.IsCancellationRequested)
        {
            var began = environment.Ingest.Clock.GetTimestamp();
            try
            {
                using var source = new SpoolSource(environment);
                await _pipeline.RunAsync(source, this, endsAtEnd: false, stop);
                return;
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                if (environment.Ingest.Clock.GetElapsedTime(began) > LongestPause)
                    backoff.Reset();
                var pause = backoff.Next();
                TellOutage(failed, pause);
                await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    ValueTask ILiveRun.CommittedAsync(CommittedUnit unit, CommitUnit rows, CancellationToken giveUp)
    {
        Tally.Add(unit);
        _verdicts.Tell(rows);
        ((ILiveRun)this).Recovered();
        return ValueTask.CompletedTask;
    }

    void ILiveRun.Taken(IReadOnlyList<StreamConflict> streams)
    {
        // A commit whose answer was lost: it is read on from there.
    }

    void ILiveRun.Outage(Exception failed, TimeSpan pause) => TellOutage(failed, pause);

    void ILiveRun.Recovered()
    {
        if (_outage is null)
            return;
        _outage = null;
        environment.Notices(new(SpoolNoticeKind.Recovered, "deliveries get into the lake again"));
    }

    private void TellOutage(Exception failed, TimeSpan pause)
    {
        _outage = failed.Message;
        environment.TellOutage(failed, pause);
    }
}
