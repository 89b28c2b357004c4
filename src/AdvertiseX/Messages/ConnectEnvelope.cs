using AdvertiseX.Decoding.Json;

namespace AdvertiseX.Messages;

/// <summary>
/// What Kafka Connect's JsonConverter writes with <c>schemas.enable=true</c>: an object of exactly <c>schema</c> and
/// <c>payload</c>, of which the payload is the record.
/// </summary>
internal static unsafe class ConnectEnvelope
{
    /// <summary>Narrows the bounds to the payload if they are those of an envelope.</summary>
    public static bool TryOpen(ref byte* start, ref byte* end)
    {
        var at = start;
        if (end - at < 2 || *at != '{')
            return false;
        byte* payload = null,
            payloadEnd = null;
        var hasSchema = false;
        at = JsonText.SkipWhite(at + 1, end);
        while (true)
        {
            var isPayload = StartsWith(at, end, "\"payload\""u8);
            if (!isPayload && !StartsWith(at, end, "\"schema\""u8))
                return false;
            at = JsonText.SkipWhite(at + (isPayload ? 9 : 8), end);
            if (at >= end || *at != ':')
                return false;
            var value = JsonText.SkipWhite(at + 1, end);
            at = JsonValue.End(value, end);
            if (at == null)
                return false;
            if (isPayload)
            {
                payload = value;
                payloadEnd = at;
            }
            else
            {
                hasSchema = true;
            }

            at = JsonText.SkipWhite(at, end);
            if (at < end && *at == ',')
            {
                at = JsonText.SkipWhite(at + 1, end);
                continue;
            }

            if (at + 1 != end || *at != '}' || payload == null || !hasSchema)
                return false;
            start = payload;
            end = payloadEnd;
            return true;
        }
    }

    private static bool StartsWith(byte* at, byte* end, ReadOnlySpan<byte> text) =>
        end - at >= text.Length && new ReadOnlySpan<byte>(at, text.Length).SequenceEqual(text);
}
