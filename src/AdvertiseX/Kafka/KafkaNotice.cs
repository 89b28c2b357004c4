using System.Text.Json;

namespace AdvertiseX.Kafka;

/// <summary>Something that an operator wants to know of a worker.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">One line.</param>
internal sealed record KafkaNotice(KafkaNoticeKind Kind, string Text)
{
    /// <summary>What programs call the kind.</summary>
    public string Code => JsonNamingPolicy.SnakeCaseLower.ConvertName(Kind.ToString());
}
