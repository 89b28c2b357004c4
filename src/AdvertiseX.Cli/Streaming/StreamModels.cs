using AdvertiseX.Cli.Lake;
using AdvertiseX.Engines;
using AdvertiseX.Kafka;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Streaming;

/// <summary>
/// Refreshes models, compacts and vacuums beside a worker, one interval after another, if the ledger has moved on. A
/// failure is told, and tried again after the next interval. Disposing waits until a refresh under way comes to its
/// next commit; with <c>--once</c> a last refresh follows.
/// </summary>
internal sealed class StreamModels : IAsyncDisposable
{
    private readonly StreamRequest _request;
    private readonly DataLake _lake;
    private readonly Terminal _terminal;
    private readonly Action<KafkaNotice> _notices;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _seen = -1;

    public StreamModels(StreamRequest request, DataLake lake, Terminal terminal, Action<KafkaNotice> notices)
    {
        (_request, _lake, _terminal, _notices) = (request, lake, terminal, notices);
        _running = request.ModelInterval is { } interval ? Task.Run(() => RunAsync(interval)) : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        if (_request is { ModelInterval: not null, Once: true })
            await RefreshAsync(CancellationToken.None);
        _stop.Dispose();
    }

    private async Task RunAsync(TimeSpan interval)
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(interval, _terminal.Clock, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stop.IsCancellationRequested)
                await RefreshAsync(_stop.Token);
        }
    }

    private async Task RefreshAsync(CancellationToken stop)
    {
        var version = _lake.Ledger.Version;
        if (version == _seen)
            return;
        try
        {
            var settings = _request.Settings;
            using (var engine = new DuckDbEngine(settings.Engine, _terminal.Clock))
                await new ModelRunner(engine, _request.Models, settings.Models, _terminal.Clock).RunAsync(
                    _lake,
                    [],
                    full: false,
                    dryRun: false,
                    stop
                );
            await MaintenanceStep.RunAsync(_terminal, _lake, settings, _request.Models, stop);
            _seen = version;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was committed stays.
        }
        catch (Exception failed)
            when (failed
                    is IOException
                        or UnauthorizedAccessException
                        or QueryException
                        or ModelException
                        or DeltaException
                        or LakeException
            )
        {
            _notices(
                new(KafkaNoticeKind.Outage, $"models: {failed.Message}; they are refreshed after the next interval")
            );
        }
    }
}
