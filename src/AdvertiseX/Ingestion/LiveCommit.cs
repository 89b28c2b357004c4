using System.Diagnostics;
using AdvertiseX.Sources;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Commits a unit of many live streams. A stream that is not ours any more, is no longer what it was, or of which
/// somebody else committed the same part costs its own rows only: the unit is committed without them. An outage of the
/// lake or the source is waited for.
/// </summary>
internal sealed class LiveCommit(
    UnitCommitter committer,
    BlockDecoders decoders,
    ILiveSource source,
    ILiveRun run,
    IngestTelemetry telemetry,
    CancellationToken giveUp
)
{
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));

    /// <exception cref="OperationCanceledException">An outage lasted until there was no more time.</exception>
    public async Task CommitAsync(CommitUnit unit)
    {
        var since = DateTimeOffset.UnixEpoch.AddMicroseconds(unit.Blocks.Min(block => block.ReceivedMicros));
        using var activity = telemetry.StartUnit(since);
        telemetry.ReadSince(since);
        _backoff.Reset();
        for (var isOut = false; ; )
        {
            try
            {
                if (await TryCommitAsync(unit))
                {
                    activity?.SetStatus(ActivityStatusCode.Ok);
                    if (isOut)
                        run.Recovered();
                    return;
                }

                _backoff.Reset();
            }
            catch (Exception outage) when (outage is IOException or UnauthorizedAccessException)
            {
                isOut = true;
                activity?.SetStatus(ActivityStatusCode.Error, outage.Message);
                var pause = _backoff.Next();
                run.Outage(outage, pause);
                await Task.Delay(pause, giveUp);
            }
        }
    }

    // False if streams were dropped and the rest is to be judged again.
    private async Task<bool> TryCommitAsync(CommitUnit unit)
    {
        unit.KeepOnly(block => !((ILiveStream)block.Source).IsGivenUp, decoders.DecodeAgain);
        List<ILiveStream> streams = [.. unit.Tallies.Select(tally => (ILiveStream)tally.Source)];
        var replaced = await source.FindReplacedAsync(streams, giveUp);
        if (replaced.Count > 0)
        {
            source.Restart(replaced);
            return false;
        }

        if (unit.IsEmpty)
            return true;
        try
        {
            var committed = await committer.CommitAsync(unit, CancellationToken.None);
            await run.CommittedAsync(committed, unit, giveUp);
            await committed.TellSourcesAsync();
            return true;
        }
        catch (StreamTakenException taken)
        {
            run.Taken(taken.Streams);
            source.Restart([.. streams.Where(stream => taken.Streams.Any(other => other.Stream == stream.Stream))]);
            return false;
        }
    }
}
