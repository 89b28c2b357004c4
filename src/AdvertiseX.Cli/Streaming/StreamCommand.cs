using System.CommandLine;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Contracts;
using AdvertiseX.Server;

namespace AdvertiseX.Cli.Streaming;

/// <summary><c>adx stream</c>: topics to facts.</summary>
internal static class StreamCommand
{
    public static Command Create(Terminal terminal)
    {
        var brokers = StreamOptions.Brokers(terminal);
        var lake = SharedOptions.Lake(terminal);
        var group = StreamOptions.Group();
        var registry = SharedOptions.Named<string?>(
            "--registry",
            "Schema registry that resolves the schemas of Avro messages (registry.url)",
            "URL"
        );
        var contracts = ContractOption.Create();
        var models = SharedOptions.Named<string?>(
            "--models",
            "Refresh models, compact and vacuum this often beside it, such as 60s or 5m; default: never",
            "TIME"
        );
        var once = new Option<bool>("--once") { Description = "End when everything that is in the topics is read" };
        var listen = SharedOptions.Named<string?>(
            "--metrics-listen",
            "Answer /metrics, /health/live and /health/ready there (telemetry.metrics_listen)",
            "HOST:PORT"
        );
        var format = SharedOptions.Named<string?>(
            "--log-format",
            "How events are written to standard error: text or json (telemetry.log_format)",
            "FORMAT"
        );
        var json = SharedOptions.Json("Print one JSON object at the end, and events as JSON lines");
        var command = new AdxCommand("stream", "Read the topics of the three feeds into the lake, until it is stopped.")
        {
            Examples =
            [
                (
                    "adx stream --brokers localhost:9092 --lake ./lake --models 60s",
                    "a worker; start several, and they share the partitions"
                ),
                ("adx stream --brokers localhost:9092 --once", "read what is there and end"),
            ],
        }.With(
            brokers,
            lake,
            group,
            registry,
            contracts,
            models,
            once,
            listen,
            format,
            json,
            StreamStatusCommand.Create(terminal)
        );
        command.Runs(
            (parsed, settings, cancellation) =>
                StreamRun.RunAsync(
                    new StreamRequest(
                        Watched(settings, parsed.GetValue(listen), parsed.GetValue(format))
                            .With(parsed.GetValue(brokers), parsed.GetValue(group))
                            .WithRegistry(parsed.GetValue(registry))
                    )
                    {
                        Contracts = ContractOption.Read(parsed.GetValue(contracts)),
                        ModelInterval = GivenInterval.Of("--models", parsed.GetValue(models)),
                        Models = Models.ModelRefreshing.CatalogOf(settings, null),
                        Once = parsed.GetValue(once),
                        Json = parsed.GetValue(json),
                    },
                    terminal,
                    cancellation
                )
        );
        return command;
    }

    /// <exception cref="UsageException">A value is not allowed.</exception>
    public static AdxSettings Watched(AdxSettings settings, string? listen, string? format)
    {
        if (listen is not null && new TelemetryOptions { MetricsListen = listen } is { Listen: null })
            throw new UsageException(
                $"--metrics-listen is \"{listen}\"; allowed: an address and port, such as 127.0.0.1:9464"
            );
        if (format is not (null or "text" or "json"))
            throw new UsageException($"--log-format is \"{format}\"; allowed: text, json");
        var telemetry = settings.Telemetry;
        return settings with
        {
            Telemetry = telemetry with
            {
                MetricsListen = listen ?? telemetry.MetricsListen,
                LogFormat = format ?? telemetry.LogFormat,
            },
        };
    }
}
