using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Kafka;

namespace AdvertiseX.Cli.Streaming;

/// <summary>Writes what an operator wants to know, a line each on standard error, as text or as JSON.
/// Thread-safe.</summary>
internal sealed class EventLog(Terminal terminal, bool json)
{
    private const int Longest = 1000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Lock _writing = new();

    public bool IsJson => json;

    public void Write(KafkaNotice notice)
    {
        var fields = new Dictionary<string, object>(notice.Fields);
        if (notice.Part is { } part)
            fields["part"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString());
        Write(LevelOf(notice.Kind), notice.Code, notice.Text, fields);
    }

    /// <summary>Writes an event.</summary>
    /// <param name="level">info, warning or error.</param>
    /// <param name="code">What programs call it, in snake case.</param>
    /// <param name="text">One line.</param>
    /// <param name="fields">Figures and names of the text; null or none for none.</param>
    public void Write(string level, string code, string text, IReadOnlyDictionary<string, object>? fields = null)
    {
        var line = json
            ? JsonSerializer.Serialize(LineOf(level, code, text, fields), Json)
            : $"adx: {code.Replace('_', ' ')}: {ShownText.Of(text, Longest)}";
        lock (_writing)
            terminal.Note(line);
    }

    private static string LevelOf(KafkaNoticeKind kind) =>
        kind switch
        {
            KafkaNoticeKind.Recreated
            or KafkaNoticeKind.RecordsGone
            or KafkaNoticeKind.DeadLettersOff
            or KafkaNoticeKind.GroupOfOthers
            or KafkaNoticeKind.NoRegistry => "error",
            KafkaNoticeKind.Outage or KafkaNoticeKind.Lost or KafkaNoticeKind.Taken or KafkaNoticeKind.TopicDiffers =>
                "warning",
            _ => "info",
        };

    private object LineOf(string level, string code, string text, IReadOnlyDictionary<string, object>? fields) =>
        new
        {
            Time = terminal.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            Level = level,
            Event = code,
            Text = text,
            Fields = fields is { Count: > 0 } ? fields : null,
            TraceId = Activity.Current?.TraceId.ToString(),
            SpanId = Activity.Current?.SpanId.ToString(),
        };
}
