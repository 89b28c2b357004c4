using System.Net;
using AdvertiseX.Configuration;

namespace AdvertiseX.Server;

/// <summary>What a resident process tells of itself, and to whom.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Where metrics and health are answered over HTTP, as address:port; empty for nowhere, port 0 for one
    /// that is free; --metrics-listen beats it.</summary>
    [Option("an address and port, such as 127.0.0.1:9464", MayBeEmpty = true, Key = "telemetry.metrics_listen")]
    public string MetricsListen { get; init; } = "";

    /// <summary>Collector that gets metrics and traces by OTLP, such as http://localhost:4318; empty for
    /// OTEL_EXPORTER_OTLP_ENDPOINT of the environment, else none.</summary>
    [Option("an http or https address", MayBeEmpty = true, Key = "telemetry.otlp_endpoint")]
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>How OTLP is spoken to telemetry.otlp_endpoint.</summary>
    [Option("http/protobuf or grpc", Key = "telemetry.otlp_protocol")]
    public string OtlpProtocol { get; init; } = "http/protobuf";

    /// <summary>How events are written to standard error: text for people, json for programs; --log-format beats
    /// it.</summary>
    [Option("text or json", Key = "telemetry.log_format")]
    public string LogFormat { get; init; } = "text";

    /// <summary>A worker that has records to commit is not ready after so many intervals without a commit
    /// (live.commit_ms), and never before ten seconds.</summary>
    [Option("intervals", 2, 100_000, Key = "telemetry.ready_intervals")]
    public int ReadyIntervals { get; init; } = 15;

    /// <summary><see cref="MetricsListen"/> as an address; null if it is empty or none.</summary>
    public IPEndPoint? Listen => ListenAddress.Parse(MetricsListen);

    /// <summary><see cref="OtlpEndpoint"/> as an address; null if it is empty or none.</summary>
    public Uri? Collector =>
        Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : null;

    /// <summary>The first key whose value is not allowed, with what is; null if all are allowed.</summary>
    public string? Complaint =>
        this switch
        {
            { MetricsListen.Length: > 0, Listen: null } => Line(
                "metrics_listen",
                MetricsListen,
                "an address and port, such as 127.0.0.1:9464"
            ),
            { OtlpEndpoint.Length: > 0, Collector: null } => Line(
                "otlp_endpoint",
                OtlpEndpoint,
                "an http or https address, such as http://localhost:4318"
            ),
            { OtlpProtocol: not ("http/protobuf" or "grpc") } => Line(
                "otlp_protocol",
                OtlpProtocol,
                "http/protobuf, grpc"
            ),
            { LogFormat: not ("text" or "json") } => Line("log_format", LogFormat, "text, json"),
            _ => null,
        };

    private static string Line(string key, string value, string allowed) =>
        $"telemetry.{key} is \"{value}\"; allowed: {allowed}";
}
