using System.Globalization;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// A little traffic in which everything meets: few users and campaigns, many ties, ids that point at nothing, at other
/// users and at what comes later, repeated orders, events without user or campaign. The same for the same seed.
/// </summary>
internal static class RandomTraffic
{
    public static readonly IReadOnlyList<PipeTable> Described = PipeTable.Parse(
        """
        campaigns
        campaign_id | advertiser_id | time_zone        | currency | click_window | conversion_click_window | view_window | primary_conversion_types
        m0          | a0            | America/New_York | USD      |              |                         |             | purchase
        m1          | a0            | Asia/Kolkata     | USD      | 2h           | 2d                      | 3h          |
        m2          | a1            |                  | EUR      |              |                         |             |

        campaign_rates
        campaign_id | pricing_model | rate  | valid_from           | valid_to
        m0          | cpm           | 2.500 |                      | 2024-03-04T05:00:00Z
        m0          | cpc           | 0.4   | 2024-03-04T05:00:00Z |
        m2          | cpa           | 7     |                      |

        creatives
        creative_id | campaign_id
        r0          | m0
        r1          | m1
        """
    );

    public static IReadOnlyList<(string Table, Dictionary<string, string> Record)> Create(
        Random random,
        int impressions
    )
    {
        var facts = new List<(string, Dictionary<string, string>)>();
        for (var i = 0; i < impressions; i++)
        {
            facts.Add(
                (
                    "impressions",
                    Event(
                        random,
                        $"i{i}",
                        new()
                        {
                            ["campaign_id"] = random.Next(5) == 0 ? "" : Campaign(random),
                            ["creative_id"] = $"r{random.Next(4)}",
                            ["country"] = random.Next(2) == 0 ? "DE" : "",
                            ["cost_micros"] = random.Next(3) == 0 ? "" : $"{random.Next(5000)}",
                            ["currency"] = random.Next(6) == 0 ? "GBP" : "",
                            ["is_viewable"] = random.Next(2) == 0 ? "true" : "",
                        }
                    )
                )
            );
        }

        for (var i = 0; i < impressions / 3; i++)
        {
            facts.Add(
                (
                    "clicks",
                    Event(
                        random,
                        $"c{i}",
                        new()
                        {
                            ["campaign_id"] = random.Next(5) == 0 ? "" : Campaign(random),
                            ["creative_id"] = random.Next(3) == 0 ? $"r{random.Next(4)}" : "",
                            ["impression_id"] = random.Next(3) == 0 ? $"i{random.Next(impressions + 3)}" : "",
                        }
                    )
                )
            );
        }

        for (var i = 0; i < impressions / 4; i++)
        {
            facts.Add(
                (
                    "conversions",
                    Event(
                        random,
                        $"v{i}",
                        new()
                        {
                            ["campaign_id"] = random.Next(5) == 0 ? "" : Campaign(random),
                            ["conversion_type"] = random.Next(3) == 0 ? "signup" : "purchase",
                            ["order_id"] = random.Next(2) == 0 ? $"o{random.Next(4)}" : "",
                            ["revenue_micros"] = random.Next(4) == 0 ? "" : $"{random.Next(99)}000000",
                            ["click_id"] = random.Next(5) == 0 ? $"c{random.Next(impressions / 3 + 2)}" : "",
                            ["impression_id"] = random.Next(5) == 0 ? $"i{random.Next(impressions + 2)}" : "",
                        }
                    )
                )
            );
        }

        for (var i = 0; i < impressions / 8; i++)
            facts.Add(("conversions", Adjustment(random, $"x{i}")));

        return [.. facts, .. Requests(facts, new Random(impressions))];
    }

    /// <summary>A part or all of an order taken back, with as little said as feeds say.</summary>
    private static Dictionary<string, string> Adjustment(Random random, string id)
    {
        var own = Event(
            random,
            id,
            new()
            {
                ["campaign_id"] = random.Next(2) == 0 ? "" : Campaign(random),
                ["conversion_type"] = random.Next(3) switch
                {
                    0 => "Purchases",
                    1 => "sign_up",
                    _ => "refund",
                },
                ["order_id"] = random.Next(6) == 0 ? "" : $"o{random.Next(4)}",
                ["revenue_micros"] = random.Next(3) == 0 ? "" : $"-{random.Next(60)}000000",
                ["currency"] = random.Next(4) == 0 ? "GBP" : "",
                ["is_adjustment"] = "true",
            }
        );
        own.Remove("ivt_reason");
        if (random.Next(2) == 0)
            own.Remove("user_id");
        return own;
    }

    /// <summary>Requests for some of the impressions, which get their auctions, and for some more.</summary>
    private static List<(string, Dictionary<string, string>)> Requests(
        List<(string Table, Dictionary<string, string> Record)> facts,
        Random random
    )
    {
        var requests = new List<(string, Dictionary<string, string>)>();
        foreach (var (_, impression) in facts.Where(fact => fact.Table == "impressions"))
        {
            var auction = $"a{random.Next(40)}";
            if (random.Next(6) > 0)
                impression["auction_id"] = auction;
            if (random.Next(8) == 0)
                continue;
            var request = new Dictionary<string, string>
            {
                ["event_id"] = $"q{requests.Count}",
                ["event_time"] = impression["event_time"],
                ["auction_id"] = auction,
                ["won"] = random.Next(5) == 0 ? "false" : "true",
                ["bid_cpm_micros"] = $"{random.Next(4_000_000)}",
            };
            if (random.Next(3) > 0)
                request["campaign_id"] = Campaign(random);
            requests.Add(("bid_requests", request));
        }

        return requests;
    }

    private static string Campaign(Random random) => $"m{random.Next(4)}";

    private static Dictionary<string, string> Event(Random random, string id, Dictionary<string, string> own)
    {
        // Whole hours, so that many events share an instant and many sit on the edge of a window.
        var time = new DateTime(2024, 3, 2, 0, 0, 0, DateTimeKind.Utc).AddHours(random.Next(24 * 5));
        own["event_id"] = id;
        own["event_time"] = time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        own["user_id"] = random.Next(8) == 0 ? "" : $"u{random.Next(4)}";
        own["ivt_reason"] = random.Next(12) == 0 ? "declared_bot" : "";
        return own.Where(cell => cell.Value.Length > 0).ToDictionary();
    }
}
