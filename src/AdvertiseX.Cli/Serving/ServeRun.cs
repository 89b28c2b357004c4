using System.Text.Json;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Registry;
using AdvertiseX.Cli.Streaming;
using AdvertiseX.Ingestion;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Lake;
using AdvertiseX.Messages;
using AdvertiseX.Registry;
using AdvertiseX.Server;
using AdvertiseX.Server.Access;
using AdvertiseX.Server.Collecting;
using AdvertiseX.Spool;
using AdvertiseX.Telemetry;
using Microsoft.AspNetCore.Builder;

namespace AdvertiseX.Cli.Serving;

/// <summary>Carries out <c>adx serve</c>: the parts of one process, begun in the order in which one needs another and
/// ended in the other.</summary>
internal sealed class ServeRun
{
    private readonly StreamRequest _request;
    private readonly Terminal _terminal;
    private readonly EventLog _log;
    private readonly long _began;
    private volatile bool _isStopping;

    private ServeRun(StreamRequest request, Terminal terminal)
    {
        (_request, _terminal, _began) = (request, terminal, terminal.Clock.GetTimestamp());
        _log = new EventLog(terminal, request.Json || request.Settings.Telemetry.LogFormat == "json");
    }

    public static async Task<int> RunAsync(
        StreamRequest request,
        ServeAddress listen,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var run = new ServeRun(request, terminal);
        try
        {
            await run.ServeAsync(listen, cancellation);
        }
        catch (Exception error) when (run._log.IsJson && Failure.Of(error) is { Line: { } line } failure)
        {
            run._log.Write("error", "failed", line);
            return failure.Code;
        }

        return ExitCode.Done;
    }

    private async Task ServeAsync(ServeAddress listen, CancellationToken cancellation)
    {
        var settings = _request.Settings;
        using var tls = settings.Serve.OpenTls(_terminal.Clock, TellCertificate);
        using var lake = await settings.OpenLakeAsync(_terminal, cancellation, create: true);
        using var registry = new SchemaRegistry(lake.Store, _terminal.Clock);
        await using var keys = await KeyRing.OpenAsync(
            new KeyStore(lake.Store, _terminal.Clock),
            settings.Access,
            _terminal.Clock,
            TellKeys,
            cancellation
        );
        listen.RequireKeys(keys.HasAny);
        using var giveUp = new CancellationTokenSource();
        using var schemas = SchemasOf(registry, giveUp.Token);
        using var spool = OpenSpool();
        using var judge = new DeliveryJudge(settings.Ingest, schemas.Schemas);
        var worker = WorkerOf(lake, spool, schemas.Schemas, judge);
        using var stop = new CancellationTokenSource();
        var running = worker.RunAsync(stop.Token);
        try
        {
            await using (new StreamModels(_request, lake, _terminal, Take))
            {
                using var export = TelemetryExport.Start(settings.Telemetry, pages: true);
                using var collector = new CollectorRoutes(
                    new CollectorEnvironment(spool, judge, settings.Collector, _terminal.Clock)
                    {
                        Keys = keys,
                        Failed = error =>
                            _log.Write("error", "request_failed", error.ToString().ReplaceLineEndings(" ")),
                    }
                );
                await using var http = await StartAsync(listen, registry, collector, spool, worker, export, tls);
                TellListening(http, HasRegistry(listen));
                await Task.WhenAny(Task.Delay(Timeout.Infinite, cancellation), running);
                _isStopping = true;
            }
        }
        finally
        {
            // What is kept and not committed in time is read by the next process.
            giveUp.CancelAfter(settings.Live.DrainTime);
            await stop.CancelAsync();
            await running;
        }

        StreamSummary.Print(worker.Tally, lake, _terminal.Clock.GetElapsedTime(_began), _request, _terminal);
    }

    private ChosenSchemas SchemasOf(SchemaRegistry registry, CancellationToken giveUp)
    {
        var options = _request.Settings.Registry;
        var known = SchemaFolder.Read(options);
        if (options.Url.Length == 0)
            return new(new ServedSchemas(registry, known, _terminal.Clock, giveUp), null);
        var asked = new RegistrySchemas(options, known, _terminal.Clock, Take, giveUp);
        return new(asked, asked);
    }

    private EventSpool OpenSpool()
    {
        var settings = _request.Settings;
        var path =
            settings.Spool.Path.Length > 0 ? settings.Spool.Path : $"{Path.GetFullPath(settings.LakePath)}.spool";
        var disk = new LocalSpoolDisk(path);
        try
        {
            return new EventSpool(new SpoolEnvironment(disk, settings.Spool, _terminal.Clock, Take));
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    private SpoolWorker WorkerOf(DataLake lake, EventSpool spool, ISchemas schemas, DeliveryJudge judge) =>
        new(
            new SpoolWorkerEnvironment(
                new IngestEnvironment(lake) { Options = _request.Settings.Ingest, Clock = _terminal.Clock },
                spool,
                schemas,
                judge,
                Take
            ),
            _request.Settings.Live
        );

    private Task<HttpService> StartAsync(
        ServeAddress listen,
        SchemaRegistry registry,
        CollectorRoutes collector,
        EventSpool spool,
        SpoolWorker worker,
        TelemetryExport export,
        TlsFiles? tls
    )
    {
        var settings = _request.Settings;
        var service = new RegistryService(
            registry,
            RegistryServeCommand.UsersOf(settings, line => _log.Write("warning", "registry", line)),
            line => _log.Write("warning", "registry", line)
        );
        return HttpService.StartAsync(
            listen.EndPoint,
            application =>
            {
                WatchPages.Map(application, export.Metrics!, () => ReasonsOf(spool, worker));
                collector.Map(application);
                if (HasRegistry(listen))
                    application.Map("/{**rest}", service.AnswerAsync);
                else
                    collector.MapRest(application);
            },
            settings.Collector.Limits,
            tls
        );
    }

    // Whoever may send events may not therefore change schemas.
    private bool HasRegistry(ServeAddress listen) =>
        listen.IsLoopback || _request.Settings.RegistryServer.UsersFile.Length > 0;

    private void TellListening(HttpService http, bool hasRegistry)
    {
        var address = http.Address;
        var registry = hasRegistry ? $"{address} is a schema registry, with" : $"{address} has";
        _log.Write(
            "info",
            "listening",
            $"events are posted to {address}/v1/impressions, /v1/interactions and /v1/bid-requests; {registry} /docs, /metrics and /health/ready",
            new Dictionary<string, object> { ["address"] = address }
        );
    }

    private List<NotReadyReason> ReasonsOf(EventSpool spool, SpoolWorker worker)
    {
        var reasons = new List<NotReadyReason>();
        if (_isStopping)
            reasons.Add(new("stopping", "the process was told to stop"));
        if (spool.Refusal is { } refusal)
            reasons.Add(new("cannot_keep", refusal, "spool"));
        if (worker.Outage is { } outage)
            reasons.Add(new("outage", outage, "commit"));
        return reasons;
    }

    private void TellCertificate(string? failure)
    {
        if (failure is null)
            _log.Write("info", "recovered", "the changed certificate is used");
        else
            _log.Write(
                "warning",
                "certificate",
                $"the changed certificate is not used, and the last one counts: {failure}"
            );
    }

    private void TellKeys(string? failure)
    {
        if (failure is null)
            _log.Write("info", "recovered", "keys are read again");
        else
            _log.Write("warning", "outage", $"keys cannot be read, and those that were known count on: {failure}");
    }

    private void Take(SpoolNotice notice)
    {
        var level = notice.Kind switch
        {
            SpoolNoticeKind.SpoolDamaged or SpoolNoticeKind.SpoolRefuses => "error",
            SpoolNoticeKind.Outage or SpoolNoticeKind.KeysForgotten or SpoolNoticeKind.SpoolCut => "warning",
            _ => "info",
        };
        var code = JsonNamingPolicy.SnakeCaseLower.ConvertName(notice.Kind.ToString());
        LiveTelemetry.Default.Happened(code);
        _log.Write(level, code, notice.Text);
    }

    private void Take(KafkaNotice notice)
    {
        LiveTelemetry.Default.Happened(notice.Code);
        _log.Write(notice);
    }

    private sealed record ChosenSchemas(ISchemas Schemas, IDisposable? Owned) : IDisposable
    {
        public void Dispose() => Owned?.Dispose();
    }
}
