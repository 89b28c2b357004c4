using System.Diagnostics.Metrics;
using System.Text;
using AdvertiseX.Ingestion;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Tests.Cli;

/// <summary>The table of metrics, from the instruments themselves.</summary>
internal static class MetricPages
{
    public static string Metrics()
    {
        var found = new SortedDictionary<string, Instrument>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (TelemetrySources.Meters.Contains(instrument.Meter.Name))
                    lock (found)
                        found[instrument.Name] = instrument;
            },
        };
        using var ingest = new IngestTelemetry();
        using var live = new LiveTelemetry();
        using var models = new ModelTelemetry(TimeProvider.System);
        using var collector = new CollectorTelemetry();
        listener.Start();
        var text = new StringBuilder("| metric | for Prometheus | kind | unit | meaning |\n|---|---|---|---|---|\n");
        lock (found)
            foreach (var (name, instrument) in found)
                text.Append(
                    $"| `{name}` | `{PrometheusName(instrument)}` | {KindOf(instrument)} | {UnitOf(instrument)} | {instrument.Description} |\n"
                );
        return text.ToString();
    }

    private static string PrometheusName(Instrument instrument)
    {
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" when !instrument.Name.EndsWith("bytes", StringComparison.Ordinal) => "_bytes",
            _ => "",
        };
        return $"{instrument.Name.Replace('.', '_')}{unit}{(KindOf(instrument) == "counter" ? "_total" : "")}";
    }

    private static string KindOf(Instrument instrument) =>
        instrument.GetType().Name switch
        {
            "Counter`1" => "counter",
            "Histogram`1" => "histogram",
            _ => "gauge",
        };

    private static string UnitOf(Instrument instrument) =>
        instrument.Unit switch
        {
            "s" => "seconds",
            "By" => "bytes",
            var unit => $"{unit!.Trim('{', '}')}s",
        };
}
