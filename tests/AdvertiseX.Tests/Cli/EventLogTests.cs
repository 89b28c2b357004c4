using System.Diagnostics;
using System.Text.Json.Nodes;
using AdvertiseX.Cli;
using AdvertiseX.Kafka;
using AdvertiseX.Server;
using EventLog = AdvertiseX.Cli.Streaming.EventLog;

namespace AdvertiseX.Tests.Cli;

/// <summary>Events of a worker as lines, and what may be said of telemetry.</summary>
public sealed class EventLogTests : IDisposable
{
    private readonly StringWriter _errors = new() { NewLine = "\n" };
    private readonly Terminal _terminal;

    public EventLogTests() => _terminal = new Terminal(new MemoryStream(), _errors, _ => null);

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void A_line_of_JSON_has_level_fields_and_the_ids_of_its_trace()
    {
        using var activity = new Activity("unit").Start();
        var log = new EventLog(_terminal, json: true);
        log.Write(KafkaNotice.OfOutage(OutagePart.DeadLetters, "no\nanswer", TimeSpan.FromSeconds(0.5)));
        var line = JsonNode.Parse(Assert.Single(Lines()))!;
        Assert.Equal("warning", (string)line["level"]!);
        Assert.Equal(("outage", "no\nanswer"), ((string)line["event"]!, (string)line["text"]!));
        Assert.Equal("""{"retry_seconds":0.5,"part":"dead_letters"}""", line["fields"]!.ToJsonString());
        Assert.Equal(activity.TraceId.ToString(), (string)line["trace_id"]!);
        Assert.Equal(activity.SpanId.ToString(), (string)line["span_id"]!);
        Assert.EndsWith("Z", (string)line["time"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Alarms_are_errors_and_a_line_without_a_trace_has_no_ids()
    {
        new EventLog(_terminal, json: true).Write(new KafkaNotice(KafkaNoticeKind.RecordsGone, "gone"));
        var line = JsonNode.Parse(Assert.Single(Lines()))!.AsObject();
        Assert.Equal("error", (string)line["level"]!);
        Assert.Equal(["time", "level", "event", "text"], line.Select(each => each.Key));
    }

    [Fact]
    public void Text_is_a_line_for_people()
    {
        new EventLog(_terminal, json: false).Write(new KafkaNotice(KafkaNoticeKind.RecordsGone, "gone"));
        Assert.Equal("adx: records gone: gone\n", _errors.ToString());
    }

    [Theory]
    [InlineData("127.0.0.1:9464", "127.0.0.1:9464")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("[::1]:9464", "[::1]:9464")]
    [InlineData("127.0.0.1", null)]
    [InlineData("::1", null)]
    [InlineData("[::1]", null)]
    [InlineData("9464", null)]
    [InlineData("host:9464", null)]
    [InlineData("127.0.0.1:94640", null)]
    public void An_address_has_a_port(string text, string? address)
    {
        var options = new TelemetryOptions { MetricsListen = text };
        Assert.Equal(address, options.Listen?.ToString());
        Assert.Equal(
            address is null
                ? $"telemetry.metrics_listen is \"{text}\"; allowed: an address and port, such as 127.0.0.1:9464"
                : null,
            options.Complaint
        );
    }

    [Fact]
    public void What_is_not_allowed_is_named_with_what_is()
    {
        Assert.Equal(
            "telemetry.otlp_endpoint is \"collector:4317\"; allowed: an http or https address, such as http://localhost:4318",
            new TelemetryOptions { OtlpEndpoint = "collector:4317" }.Complaint
        );
        Assert.Equal(
            "telemetry.otlp_protocol is \"http/json\"; allowed: http/protobuf, grpc",
            new TelemetryOptions { OtlpProtocol = "http/json" }.Complaint
        );
        Assert.Equal(
            "telemetry.log_format is \"xml\"; allowed: text, json",
            new TelemetryOptions { LogFormat = "xml" }.Complaint
        );
        Assert.Null(new TelemetryOptions().Complaint);
    }

    private string[] Lines() => _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
