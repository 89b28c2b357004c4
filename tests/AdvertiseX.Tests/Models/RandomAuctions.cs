using System.Globalization;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// Few auction ids on many requests and impressions, close together and around midnight, with places and campaigns that
/// are often not known; and the links between them, found the plain way. The same for the same seed.
/// </summary>
internal static class RandomAuctions
{
    private const long Hour = 3_600_000_000;

    private static readonly DateTime Start = new(2024, 3, 1, 22, 0, 0, DateTimeKind.Utc);

    public static IReadOnlyList<(string Table, Dictionary<string, string> Record)> Create(Random random, int requests)
    {
        var facts = new List<(string, Dictionary<string, string>)>();
        for (var i = 0; i < requests; i++)
        {
            var request = Event(random, $"r{i}");
            request["won"] = random.Next(10) switch
            {
                0 => "false",
                1 => "",
                _ => "true",
            };
            request["bid_cpm_micros"] = random.Next(4) == 0 ? "" : $"{random.Next(4_000_000)}";
            facts.Add(("bid_requests", request));
            var impression = Event(random, $"i{i}");
            impression["user_id"] = $"u{random.Next(5)}";
            if (random.Next(15) == 0)
                impression["auction_id"] = "";
            facts.Add(("impressions", impression));
            if (random.Next(4) > 0)
                continue;
            facts.Add(
                (
                    "clicks",
                    new()
                    {
                        ["event_id"] = $"c{i}",
                        ["event_time"] = "2024-03-02 12:00:00",
                        ["impression_id"] = $"i{random.Next(requests)}",
                        ["user_id"] = $"u{random.Next(5)}",
                    }
                )
            );
            facts.Add(
                (
                    "conversions",
                    new()
                    {
                        ["event_id"] = $"v{i}",
                        ["event_time"] = "2024-03-02 13:00:00",
                        ["impression_id"] = random.Next(2) == 0 ? $"i{random.Next(requests)}" : "",
                        ["user_id"] = $"u{random.Next(5)}",
                        ["campaign_id"] = "m0",
                        ["conversion_type"] = "purchase",
                    }
                )
            );
        }

        return [.. facts.Select(fact => (fact.Item1, fact.Item2.Where(cell => cell.Value.Length > 0).ToDictionary()))];
    }

    /// <summary>Every won request and impression with whom it belongs to, nearest pairs first, one pair at a
    /// time.</summary>
    public static (
        List<(string Request, string Impression)> Pairs,
        List<string> Requests,
        List<string> Impressions
    ) Link(IEnumerable<(string Table, Dictionary<string, string> Record)> facts)
    {
        var named = facts.Where(fact => fact.Record.ContainsKey("auction_id")).ToList();
        var requests = named
            .Where(fact => fact.Table == "bid_requests" && fact.Record.GetValueOrDefault("won") == "true")
            .Select(fact => fact.Record)
            .ToList();
        var impressions = named.Where(fact => fact.Table == "impressions").Select(fact => fact.Record).ToList();
        var pairs = new List<(string, string)>();
        var candidates =
            from r in requests
            from i in impressions
            where
                r["auction_id"] == i["auction_id"]
                && Agree(r, i, "placement_id")
                && Agree(r, i, "campaign_id")
                && Math.Abs(Micros(r) - Micros(i)) <= Hour
            select (r, i);
        foreach (
            var (r, i) in candidates
                .OrderBy(c => Math.Abs(Micros(c.r) - Micros(c.i)))
                .ThenBy(c => Micros(c.r))
                .ThenBy(c => c.r["event_id"], StringComparer.Ordinal)
                .ThenBy(c => c.i["event_id"], StringComparer.Ordinal)
        )
        {
            if (!requests.Contains(r) || !impressions.Contains(i))
                continue;
            requests.Remove(r);
            impressions.Remove(i);
            pairs.Add((r["event_id"], i["event_id"]));
        }

        return (pairs, [.. requests.Select(r => r["event_id"])], [.. impressions.Select(i => i["event_id"])]);
    }

    private static bool Agree(Dictionary<string, string> one, Dictionary<string, string> other, string column) =>
        !one.TryGetValue(column, out var a) || !other.TryGetValue(column, out var b) || a == b;

    private static long Micros(Dictionary<string, string> record) =>
        DateTime.Parse(record["event_time"], CultureInfo.InvariantCulture).Ticks / TimeSpan.TicksPerMicrosecond;

    private static Dictionary<string, string> Event(Random random, string id) =>
        new()
        {
            ["event_id"] = id,
            // Whole ten minutes over five hours: many ties, many an hour apart, midnight in the middle.
            ["event_time"] = Start
                .AddMinutes(10 * random.Next(30))
                .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["auction_id"] = $"a{random.Next(6)}",
            ["placement_id"] = random.Next(3) == 0 ? "" : $"p{random.Next(2)}",
            ["campaign_id"] = random.Next(3) == 0 ? "" : $"m{random.Next(2)}",
            ["ivt_reason"] = random.Next(10) == 0 ? "declared_bot" : "",
        };
}
