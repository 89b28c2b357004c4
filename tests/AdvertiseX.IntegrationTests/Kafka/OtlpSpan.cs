using System.Text;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>A span as a collector sees it; ids in hexadecimal, the parent's empty for none.</summary>
internal sealed record OtlpSpan(string Name, string Trace, string Id, string Parent)
{
    /// <summary>Reads <c>opentelemetry.proto.trace.v1.Span</c>.</summary>
    public static OtlpSpan Of(byte[] span) =>
        new(Encoding.UTF8.GetString(OtlpReceiver.Fields(span, 5).First()), Hex(span, 1), Hex(span, 2), Hex(span, 4));

    private static string Hex(byte[] span, int field) =>
        Convert.ToHexStringLower(OtlpReceiver.Fields(span, field).FirstOrDefault() ?? []);
}
