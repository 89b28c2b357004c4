using System.Diagnostics.Metrics;
using System.Reflection;
using AdvertiseX.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AdvertiseX.Server;

/// <summary>
/// Collects the metrics and traces of this process, for the page that Prometheus reads and for a collector that
/// speaks OTLP. What environment variables of OpenTelemetry say (headers, intervals, names) holds. Disposing sends
/// what is left.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    private static readonly string[] EndpointVariables =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    ];

    private readonly TracerProvider? _traces;

    private TelemetryExport(MeterProvider? metrics, TracerProvider? traces) => (Metrics, _traces) = (metrics, traces);

    /// <summary>Metrics, for <see cref="WatchPages"/>; null if nobody wants them.</summary>
    public MeterProvider? Metrics { get; }

    /// <summary>Begins to collect what the options ask for.</summary>
    /// <param name="options">To whom metrics and traces are sent.</param>
    /// <param name="pages">Whether <see cref="WatchPages"/> show metrics.</param>
    public static TelemetryExport Start(TelemetryOptions options, bool pages)
    {
        var exports = options.Collector is not null || Array.Exists(EndpointVariables, IsSet);
        return new(
            exports || pages ? BuildMetrics(options, exports, pages) : null,
            exports ? BuildTraces(options) : null
        );
    }

    public void Dispose()
    {
        _traces?.Dispose();
        Metrics?.Dispose();
    }

    private static MeterProvider BuildMetrics(TelemetryOptions options, bool exports, bool pages)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddMeter([.. TelemetrySources.Meters, TelemetrySources.Runtime])
            .AddView(instrument => IsLeftOut(instrument) ? MetricStreamConfiguration.Drop : null);
        if (pages)
            builder.AddPrometheusExporter();
        if (exports)
            builder.AddOtlpExporter(exporter => Configure(exporter, options, "v1/metrics"));
        return builder.Build();
    }

    private static TracerProvider BuildTraces(TelemetryOptions options) =>
        Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddSource([.. TelemetrySources.Activities])
            .AddOtlpExporter(exporter => Configure(exporter, options, "v1/traces"))
            .Build();

    private static void Configure(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        if (options.Collector is not { } collector)
        {
            // OpenTelemetry's specification has this default.
            if (!IsSet("OTEL_EXPORTER_OTLP_PROTOCOL"))
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            return;
        }

        var isGrpc = options.OtlpProtocol == "grpc";
        exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = isGrpc ? collector : new Uri($"{collector.AbsoluteUri.TrimEnd('/')}/{path}");
    }

    // Prometheus keeps names that end in _count to histograms.
    private static bool IsLeftOut(Instrument instrument) =>
        instrument.Meter.Name == TelemetrySources.Runtime
        && instrument.Name.EndsWith(".count", StringComparison.Ordinal);

    private static ResourceBuilder Resource()
    {
        var resource = ResourceBuilder.CreateDefault();
        var version = typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        return IsSet("OTEL_SERVICE_NAME")
            ? resource
            : resource.AddService("adx", serviceVersion: version?.InformationalVersion);
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
