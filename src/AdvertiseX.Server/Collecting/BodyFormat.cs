using AdvertiseX.Events;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>Which format a content type stands for.</summary>
internal static class BodyFormat
{
    private static readonly Dictionary<string, MessageFormat> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application/json"] = MessageFormat.Json,
        ["application/x-ndjson"] = MessageFormat.Json,
        ["application/ndjson"] = MessageFormat.Json,
        ["application/jsonl"] = MessageFormat.Json,
        ["text/csv"] = MessageFormat.Csv,
        ["application/csv"] = MessageFormat.Csv,
        ["application/avro"] = MessageFormat.Avro,
        ["avro/binary"] = MessageFormat.Avro,
        ["application/vnd.apache.avro+binary"] = MessageFormat.Avro,
        ["application/octet-stream"] = MessageFormat.None,
    };

    /// <summary>Content types that are taken.</summary>
    public static IReadOnlyCollection<string> Names => Types.Keys;

    private static string Allowed => string.Join(", ", Types.Keys);

    /// <summary>The format that a request states; none where its first bytes tell.</summary>
    /// <exception cref="CollectorProblem">415: another type. A page in a browser may send text/plain and forms to any
    /// address without being asked first, so they are among those.</exception>
    public static MessageFormat Of(HttpRequest request)
    {
        var type = request.ContentType?.Split(';')[0].Trim() ?? "";
        if (type.Length == 0)
            return MessageFormat.None;
        return Types.TryGetValue(type, out var format)
            ? format
            : throw CollectorProblem.Unsupported(
                "unknown-type",
                $"Content-Type is \"{type}\"; allowed: {Allowed}",
                ("Accept-Post", Allowed)
            );
    }
}
