using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Bench;

/// <summary>One day of impressions as decoding leaves them: in order of arrival, ids as UUIDs, skewed campaigns and
/// sites.</summary>
internal static unsafe class SyntheticImpressions
{
    private const long Day = 1_709_251_200_000_000;
    private const int BlockRows = 10_000;
    private const int RecordBytes = 610;

    private static readonly string[] Devices = ["mobile", "desktop", "tablet", "tv"];
    private static readonly string[] Systems = ["Android", "iOS", "Windows", "macOS", "Linux"];
    private static readonly string[] Browsers = ["Chrome", "Safari", "Firefox", "Edge", "Samsung Internet"];
    private static readonly string[] Currencies = ["USD", "EUR"];

    public static ColumnBatch Create(int rows, int seed)
    {
        var random = new Random(seed);
        var batch = new ColumnBatch(FactTables.Impressions, rows + 1);
        Stamp(batch, random, rows);
        Ids(batch, random, rows);
        Dimensions(batch, random, rows);
        Numbers(batch, random, rows);
        for (var i = 0; i < rows; i++)
            batch.AddRow();
        return batch;
    }

    private static void Stamp(ColumnBatch batch, Random random, int rows)
    {
        batch.Int32("event_date").Fill(rows, (int)(Day / 86_400_000_000));
        batch.Dictionary("stream").Fill(rows, "file:/logs/2024-03-01/impressions-00017.ndjson"u8);
        var received = batch.Int64("received_time");
        var processed = batch.Int64("processed_time");
        var time = batch.Int64("event_time");
        var offset = batch.Int64("stream_offset");
        long at = 0;
        for (var i = 0; i < rows; i++)
        {
            var block = i / BlockRows;
            received.Set(i, Day + 90_000_000_000 + (block * 12_345L));
            processed.Set(i, Day + 90_000_100_000 + (block * 12_345L));
            time.Set(i, Day + (86_400_000_000L * i / rows) + random.Next(2_000_000));
            offset.Set(i, at);
            at += RecordBytes + random.Next(60);
        }
    }

    private static void Ids(ColumnBatch batch, Random random, int rows)
    {
        Span<byte> text = stackalloc byte[36];
        Span<byte> raw = stackalloc byte[16];
        for (var i = 0; i < rows; i++)
        {
            random.NextBytes(raw);
            new Guid(raw).TryFormat(text, out _);
            batch.Text("event_id").Set(i, text);
            batch.Int64("event_key").Set(i, (long)StableHash.Hash64(text));
            batch.Int32("payload_hash").Set(i, random.Next());
            random.NextBytes(raw);
            new Guid(raw).TryFormat(text, out _);
            batch.Text("auction_id").Set(i, text);
            batch.Int64("auction_key").Set(i, (long)StableHash.Hash64(text));
            var user = Encoding.ASCII.GetBytes($"u-{(long)(Math.Pow(random.NextDouble(), 2) * 400_000) * 7919:x10}");
            batch.Text("user_id").Set(i, user);
            batch.Int64("user_key").Set(i, (long)StableHash.Hash64(user));
            batch
                .Text("ip")
                .Set(
                    i,
                    Encoding.ASCII.GetBytes(
                        $"{random.Next(1, 224)}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}"
                    )
                );
        }
    }

    private static void Dimensions(ColumnBatch batch, Random random, int rows)
    {
        var campaigns = Values(120, i => $"cmp-{1000 + i}");
        var creatives = Values(480, i => $"cr-{1000 + (i / 4)}-{i % 4}");
        var advertisers = Values(30, i => $"adv-{100 + i}");
        var sites = Values(300, i => $"site-{i}");
        var domains = Values(300, i => $"www.example-{i}.com");
        var pages = Values(
            20_000,
            i => $"https://www.example-{i % 300}.com/section-{i % 17}/article-{i * 7919L % 1_000_003}?ref=home"
        );
        var agents = Values(
            900,
            i =>
                $"Mozilla/5.0 (Linux; Android {8 + (i % 7)}; SM-G{i % 97}) AppleWebKit/537.36 Chrome/{90 + (i % 40)}.0.{i}.0"
        );
        var cities = Values(2000, i => $"City {i}");
        for (var i = 0; i < rows; i++)
        {
            int campaign = Skewed(random, 120),
                site = Skewed(random, 300),
                device = random.Next(100);
            Set("campaign_id", campaigns, campaign);
            Set("creative_id", creatives, (campaign * 4) + random.Next(4));
            Set("advertiser_id", advertisers, campaign / 4);
            Set("site_id", sites, site);
            Set("domain", domains, site);
            Set("placement_id", sites, (site + random.Next(3)) % 300);
            Set("page_url", pages, (site + (300 * Skewed(random, 66))) % 20_000);
            Set("content_category", advertisers, site % 12);
            Set(
                "device_type",
                Values(Devices),
                device < 60 ? 0
                    : device < 90 ? 1
                    : device < 98 ? 2
                    : 3
            );
            Set("os", Values(Systems), random.Next(Systems.Length));
            Set("browser", Values(Browsers), random.Next(Browsers.Length));
            Set("country", cities, Skewed(random, 40));
            Set("region", cities, Skewed(random, 300));
            Set("city", cities, Skewed(random, 2000));
            Set("user_agent", agents, Skewed(random, 900));
            Set("currency", Values(Currencies), campaign % 5 == 0 ? 1 : 0);
            void Set(string name, byte[][] values, int value) => batch.Dictionary(name).Set(i, values[value]);
        }
    }

    private static void Numbers(ColumnBatch batch, Random random, int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            batch.Int64("cost_micros").Set(i, 500 + (random.Next(900) * 10));
            if (random.Next(10) > 0)
                batch.Boolean("is_viewable").Set(i, random.Next(3) > 0 ? (byte)1 : (byte)0);
            batch.Boolean("is_measurable").Set(i, random.Next(50) > 0 ? (byte)1 : (byte)0);
            if (random.Next(3) > 0)
                batch.Int64("time_in_view_ms").Set(i, random.Next(200, 30_000));
        }
    }

    private static int Skewed(Random random, int count) => (int)(Math.Pow(random.NextDouble(), 3) * count);

    private static byte[][] Values(int count, Func<int, string> text) =>
        [.. Enumerable.Range(0, count).Select(i => Encoding.ASCII.GetBytes(text(i)))];

    private static readonly Dictionary<string[], byte[][]> Cached = [];

    private static byte[][] Values(string[] texts)
    {
        if (!Cached.TryGetValue(texts, out var values))
            Cached[texts] = values = [.. texts.Select(Encoding.ASCII.GetBytes)];
        return values;
    }
}
