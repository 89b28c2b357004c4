using System.Text;
using System.Text.Json;

namespace AdvertiseX.Bench;

/// <summary>Impressions and clicks as text, the same for the same seed.</summary>
internal static class TextFeeds
{
    private static readonly string[] Cities = ["San Francisco", "Köln", "Paris", "Springfield", "São Paulo", "London"];

    public static byte[] Impressions(int records, bool escapes, bool pretty)
    {
        var random = new Random(1);
        var text = new StringBuilder(records * 400);
        if (pretty)
            text.Append("[\n");
        for (var i = 0; i < records; i++)
        {
            var line = Impression(random, i, escapes);
            if (pretty)
                line =
                    JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(line), Indented)
                    + (i + 1 < records ? "," : "");
            text.Append(line).Append('\n');
        }

        if (pretty)
            text.Append("]\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static byte[] Clicks(int records)
    {
        var random = new Random(2);
        var text = new StringBuilder(
            "click_id,event_timestamp,user_id,ad_campaign_id,conversion_type,website,revenue,currency\n"
        );
        for (var i = 0; i < records; i++)
        {
            var click = random.Next(10) > 0;
            text.Append(
                $"k-{i:x8},2024-03-10 06:{i / 60 % 60:00}:{i % 60:00}.{random.Next(1000):000},u-{random.Next(1 << 20)},c-{random.Next(50)},{(click ? "click" : "purchase")},"
            );
            text.Append(
                random.Next(8) == 0
                    ? $"\"https://shop.example.com/?q=a,b&n={i}\""
                    : $"https://news.example.com/{random.Next(1000)}"
            );
            text.Append(click ? ",,\n" : $",{random.Next(100)}.{random.Next(10, 100)},USD\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Impression(Random random, int i, bool escapes)
    {
        var url = $"https://news{random.Next(40)}.example.com/{(char)('a' + random.Next(26))}/{random.Next(100_000)}";
        if (escapes)
            url = url.Replace("/", "\\/", StringComparison.Ordinal);
        var optional = random.Next(3) == 0 ? "" : $"\"viewable\":{(random.Next(2) == 0 ? "true" : "false")},";
        return $"{{\"impression_id\":\"{Guid(random)}\",\"ad_creative_id\":\"cr-{random.Next(500)}\",\"user_id\":\"u-{random.Next(1 << 20)}\","
            + $"\"timestamp\":\"2024-03-10T06:{i / 60 % 60:00}:{i % 60:00}.{random.Next(1000):000}Z\",\"website\":\"{url}\",\"campaign_id\":\"c-{random.Next(50)}\","
            + $"\"device\":{{\"type\":\"mobile\",\"os\":\"ios\",\"browser\":\"safari\"}},\"geo\":{{\"country\":\"US\",\"region\":\"CA\",\"city\":\"{Cities[random.Next(Cities.Length)]}\"}},"
            + $"\"ip\":\"{random.Next(256)}.{random.Next(256)}.3.4\",\"user_agent\":\"Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X)\",{optional}"
            + $"\"cost\":0.00{random.Next(10, 99)},\"currency\":\"USD\"}}";
    }

    private static string Guid(Random random) => $"{random.NextInt64():x16}{random.NextInt64():x16}";
}
