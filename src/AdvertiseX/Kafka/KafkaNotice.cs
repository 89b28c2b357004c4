using System.Text.Json;

namespace AdvertiseX.Kafka;

/// <summary>Something that an operator wants to know of a worker.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">One line.</param>
internal sealed record KafkaNotice(KafkaNoticeKind Kind, string Text)
{
    /// <summary>What fails or answers again; null where the kind is neither an outage nor its end.</summary>
    public OutagePart? Part { get; init; }

    /// <summary>Figures and names of the text, for programs: text, whole and other numbers.</summary>
    public IReadOnlyDictionary<string, object> Fields { get; init; } = new Dictionary<string, object>();

    /// <summary>What programs call the kind.</summary>
    public string Code => JsonNamingPolicy.SnakeCaseLower.ConvertName(Kind.ToString());

    /// <summary>A part failed, and is tried again after a pause.</summary>
    public static KafkaNotice OfOutage(OutagePart part, string text, TimeSpan pause) =>
        new(KafkaNoticeKind.Outage, text)
        {
            Part = part,
            Fields = new Dictionary<string, object> { ["retry_seconds"] = Math.Round(pause.TotalSeconds, 3) },
        };

    /// <summary>A part that failed answers again.</summary>
    public static KafkaNotice OfRecovery(OutagePart part, string text) =>
        new(KafkaNoticeKind.Recovered, text) { Part = part };
}
