namespace AdvertiseX.Tests.Models;

/// <summary>
/// Descriptions of the campaigns and creatives of <see cref="RandomTraffic"/>, of which anything may be another way:
/// zone, windows, rates, currency, advertiser, aims, which creative is whose, of whom
/// what is known, and whether there is a description at
/// all. The same for the same seed.
/// </summary>
internal static class RandomDescriptions
{
    private static readonly string[] Zones =
    [
        "",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "America/St_Johns",
    ];

    public static IReadOnlyList<PipeTable> Create(Random random) =>
        [
            new(
                "advertisers",
                ["advertiser_id", "time_zone", "currency"],
                [
                    ["a0", Zone(random), "USD"],
                    ["a1", Zone(random), One(random, "", "EUR")],
                ]
            ),
            new(
                "campaigns",
                [
                    "campaign_id",
                    "advertiser_id",
                    "time_zone",
                    "currency",
                    "click_window",
                    "conversion_click_window",
                    "view_window",
                    "primary_conversion_types",
                ],
                [.. Some(random, 4).Select(i => Campaign(random, i))]
            ),
            new(
                "campaign_rates",
                ["campaign_id", "pricing_model", "rate", "valid_from", "valid_to"],
                [.. Some(random, 4).SelectMany(i => Rates(random, i))]
            ),
            new(
                "creatives",
                ["creative_id", "campaign_id", "ad_group_id"],
                [.. Some(random, 4).Select(i => Row($"r{i}", $"m{random.Next(4)}", One(random, "", "g0", "g1")))]
            ),
            new(
                "sites",
                ["site_id", "domain", "content_category"],
                [
                    ["s0", "s0.example", One(random, "news", "sports")],
                ]
            ),
            new(
                "users",
                ["user_id", "age_band", "gender"],
                [
                    .. Some(random, 4)
                        .Select(i => Row($"u{i}", One(random, "", "25-34", "65+"), One(random, "", "f", "m"))),
                ]
            ),
        ];

    private static string[] Campaign(Random random, int i) =>
        Row(
            $"m{i}",
            One(random, "", "a0", "a1"),
            Zone(random),
            One(random, "", "USD", "EUR"),
            One(random, "", "2h", "1h"),
            One(random, "", "2d", "6h"),
            One(random, "", "3h", "30h"),
            One(random, "", "purchase", "signup|purchase")
        );

    private static IEnumerable<IReadOnlyList<string>> Rates(Random random, int i)
    {
        var change = One(random, "", "2024-03-04T05:00:00Z", "2024-03-05T18:15:00Z");
        yield return Row(
            $"m{i}",
            Model(random),
            $"{random.Next(1, 9)}.5",
            One(random, "", "2024-03-02T12:00:00Z"),
            change
        );
        if (change.Length > 0 && random.Next(2) == 0)
            yield return Row($"m{i}", Model(random), $"{random.Next(1, 9)}", change, "");
    }

    // At least one, as a file without records describes nothing.
    private static List<int> Some(Random random, int n)
    {
        var left = random.Next(n);
        return Enumerable.Range(0, n).Where(i => i == left || random.Next(4) > 0).ToList();
    }

    private static string[] Row(params string[] cells) => cells;

    private static string Model(Random random) => One(random, "cpm", "cpc", "cpa");

    private static string Zone(Random random) => One(random, Zones);

    private static string One(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
