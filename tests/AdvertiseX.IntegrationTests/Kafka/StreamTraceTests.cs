using System.Text;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Metrics and traces of a worker reach a collector.</summary>
[Collection(KafkaServer.Collection)]
public sealed class StreamTraceTests(KafkaServer server)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_collector_gets_the_spans_of_a_unit_and_of_models_and_the_metrics()
    {
        using var collector = new OtlpReceiver();
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        Produce(world);
        var config = world.Config(sections: $$""", "telemetry": { "otlp_endpoint": "{{collector.Url}}" }""");

        await world.RunAsync(["stream", "--config", config, "--lake", world.Lake, "--once", "--models", "1h"]);

        var unit = collector.Spans.Single(span => span.Name == "adx.ingest.unit");
        Assert.Equal("", unit.Parent);
        Assert.Equal(unit.Id, Assert.Single(collector.Spans, span => span.Name == "adx.ingest.read").Parent);
        Assert.Equal(unit.Id, Assert.Single(collector.Spans, span => span.Name == "adx.live.dead_letters").Parent);
        var commit = Assert.Single(collector.Spans, span => span.Name == "adx.ingest.commit");
        Assert.Equal(unit.Id, commit.Parent);
        Assert.Equal(
            ["adx.ingest.apply", "adx.ingest.decide", "adx.ingest.judge", "adx.ingest.stage"],
            collector.Spans.Where(span => span.Parent == commit.Id).Select(span => span.Name).Order()
        );
        Assert.Single(
            collector
                .Spans.Where(span => span.Name.StartsWith("adx.ingest.", StringComparison.Ordinal))
                .Select(span => span.Trace)
                .Distinct()
        );
        var run = collector.Spans.Single(span => span.Name == "adx.models.run");
        Assert.NotEqual(unit.Trace, run.Trace);
        var refreshes = collector.Spans.Where(span => span.Name == "adx.models.refresh").ToList();
        Assert.True(refreshes.Count > 5);
        Assert.All(refreshes, refresh => Assert.Equal(run.Trace, refresh.Trace));
        Assert.Contains("adx.live.freshness", collector.Metrics);
        Assert.Contains("adx.ingest.records", collector.Metrics);
        Assert.Contains("dotnet.process.memory.working_set", collector.Metrics);
    }

    [Fact]
    public async Task The_variable_of_OpenTelemetry_names_a_collector_too()
    {
        using var collector = new OtlpReceiver();
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        Produce(world);
        var command = string.Join(' ', world.Worker().Select(word => $"'{word}'"));

        var result = await Cli.AdxProcess.ShellAsync(
            Path.GetTempPath(),
            $"export OTEL_EXPORTER_OTLP_ENDPOINT={collector.Url} OTEL_SERVICE_NAME=worker\nadx {command}"
        );

        Assert.True(result.Code == 0, result.Error);
        Assert.Contains(collector.Spans, span => span.Name == "adx.ingest.unit");
        Assert.Contains("adx.live.freshness", collector.Metrics);
    }

    private static void Produce(StreamWorld world)
    {
        using var producer = world.Producer();
        foreach (
            var message in new[]
            {
                """{"impression_id":"a","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}""",
                "{\"broken",
            }
        )
            world.Send(producer, world.Impressions, Encoding.UTF8.GetBytes(message));
        producer.Flush(Soon);
    }
}
