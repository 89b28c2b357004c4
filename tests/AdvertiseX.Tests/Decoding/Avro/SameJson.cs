using System.Text;
using System.Text.Json;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>Compares JSON values; numbers are the same if they are the same as floats, since a file gives a float's
/// digits as a double.</summary>
internal static class SameJson
{
    public static void Assert(JsonElement expected, ReadOnlySpan<byte> found)
    {
        var text = Encoding.UTF8.GetString(found);
        using var document = JsonDocument.Parse(text);
        Xunit.Assert.True(Same(expected, document.RootElement), $"expected {expected.GetRawText()}\nfound {text}");
    }

    public static bool Same(JsonElement a, JsonElement b)
    {
        if (a.ValueKind != b.ValueKind)
            return false;
        switch (a.ValueKind)
        {
            case JsonValueKind.Object:
                var fields = a.EnumerateObject().ToArray();
                return fields.Length == b.EnumerateObject().Count()
                    && fields.All(f => b.TryGetProperty(f.Name, out var other) && Same(f.Value, other));
            case JsonValueKind.Array:
                return a.GetArrayLength() == b.GetArrayLength()
                    && a.EnumerateArray().Zip(b.EnumerateArray()).All(p => Same(p.First, p.Second));
            case JsonValueKind.Number:
                return a.GetDouble().Equals(b.GetDouble()) || ((float)a.GetDouble()).Equals((float)b.GetDouble());
            case JsonValueKind.String:
                return a.GetString() == b.GetString();
            default:
                return true;
        }
    }
}
