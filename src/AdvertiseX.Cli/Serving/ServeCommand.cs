using System.CommandLine;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Streaming;
using AdvertiseX.Server;

namespace AdvertiseX.Cli.Serving;

/// <summary><c>adx serve</c>: one resident process.</summary>
internal static class ServeCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var listen = SharedOptions.Named<string?>(
            "--listen",
            "Address and port to listen on, of loop-back unless the lake has a key; port 0 for one that is free (serve.listen)",
            "ADDRESS:PORT"
        );
        var models = SharedOptions.Named<string?>(
            "--models",
            "Refresh models, compact and vacuum this often, such as 30s or 5m (serve.models_seconds)",
            "TIME"
        );
        var registry = SharedOptions.Named<string?>(
            "--registry",
            "Schema registry that resolves the schemas of Avro bodies; default: the one that is served (registry.url)",
            "URL"
        );
        var format = SharedOptions.Named<string?>(
            "--log-format",
            "How events are written to standard error: text or json (telemetry.log_format)",
            "FORMAT"
        );
        var json = SharedOptions.Json("Print one JSON object at the end, and events as JSON lines");
        var command = new AdxCommand(
            "serve",
            "Take events over HTTP into the lake, refresh models, serve the schema registry, until it is stopped."
        )
        {
            Examples =
            [
                ("adx serve --lake ./lake", "events are posted to http://127.0.0.1:8080/v1/impressions"),
                ("adx serve --listen 127.0.0.1:9000 --models 30s", "on another port; models follow every 30 seconds"),
            ],
        }.With(lake, listen, models, registry, format, json);
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var address = ServeAddress.Of(parsed.GetValue(listen), settings.Serve);
                var watched = StreamCommand
                    .Watched(settings, null, parsed.GetValue(format))
                    .WithRegistry(parsed.GetValue(registry));
                if (watched.Telemetry.Complaint is { } complaint)
                    throw new UsageException(complaint);
                var interval = GivenInterval.Of("--models", parsed.GetValue(models)) ?? settings.Serve.ModelInterval;
                var request = new StreamRequest(watched)
                {
                    ModelInterval = interval > TimeSpan.Zero ? interval : null,
                    Models = Models.ModelRefreshing.CatalogOf(settings, null),
                    Json = parsed.GetValue(json),
                };
                return ServeRun.RunAsync(request, address, terminal, cancellation);
            }
        );
        return command;
    }
}
