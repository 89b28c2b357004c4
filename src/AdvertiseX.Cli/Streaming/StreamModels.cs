using AdvertiseX.Cli.Lake;
using AdvertiseX.Engines;
using AdvertiseX.Kafka;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;
using AdvertiseX.Telemetry;

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
    private bool _isOut;

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
        var began = _terminal.Clock.GetTimestamp();
        var version = _lake.Ledger.Version;
        using var activity = version == _seen ? null : ModelTelemetry.Default.StartRun();
        if (version != _seen && !await TryRefreshAsync(version, stop))
            return;
        ModelTelemetry.Default.Hold(began);
        if (_isOut)
            _notices(KafkaNotice.OfRecovery(OutagePart.Models, "models: they are refreshed again"));
        _isOut = false;
    }

    // False if it failed or was stopped.
    private async Task<bool> TryRefreshAsync(long version, CancellationToken stop)
    {
        var began = _terminal.Clock.GetTimestamp();
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
            ModelTelemetry.Default.Ran(_terminal.Clock.GetElapsedTime(began), isDone: true);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was committed stays.
            return false;
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
            ModelTelemetry.Default.Ran(_terminal.Clock.GetElapsedTime(began), isDone: false);
            _isOut = true;
            _notices(
                KafkaNotice.OfOutage(
                    OutagePart.Models,
                    $"models: {failed.Message}; they are refreshed after the next interval",
                    _request.ModelInterval ?? TimeSpan.Zero
                )
            );
            return false;
        }
    }
}
