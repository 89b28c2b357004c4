namespace AdvertiseX.Generation;

internal sealed partial class Catalogue
{
    private const long MicrosPerHour = 3_600_000_000;

    /// <summary>Zones with and without summer time, on both halves of the globe, one off the full hour.</summary>
    private const ulong ForeignOrders = 0xC8F0;

    private static readonly (string Zone, string Currency)[] Zones =
    [
        ("America/New_York", "USD"),
        ("Europe/Berlin", "EUR"),
        ("Asia/Kolkata", "INR"),
        ("America/Los_Angeles", "USD"),
        ("Australia/Sydney", "AUD"),
        ("", "USD"),
    ];

    /// <summary>The currency of orders that are not in their campaign's: none of <see cref="Zones"/>.</summary>
    public static ReadOnlySpan<byte> ForeignCurrency => "CHF"u8;

    /// <summary>Whether the amount of a conversion or refund is in <see cref="ForeignCurrency"/>: the id of its order
    /// tells, so both are.</summary>
    public bool IsForeign(in ActionFact fact) =>
        fact.Order != 0
        && Campaigns[fact.Campaign].Described
        && DeterministicRandom.Mix(fact.Order ^ ForeignOrders) * (1.0 / ulong.MaxValue) < Options.ForeignOrderRate;

    private static readonly string[] Products =
    [
        "Running Shoes",
        "Spring Sale, -20%",
        "\"Summer\" Collection",
        "Insurance",
        "Phone Plan",
        "City Trips",
        "Crème Brûlée Kit",
    ];

    private (CampaignProfile[] Campaigns, CreativeProfile[] Creatives) MakeCampaigns(DeterministicRandom random)
    {
        var campaigns = new CampaignProfile[Options.Campaigns];
        var creatives = new List<CreativeProfile>();
        var calendars = new Dictionary<string, LocalCalendar>();
        for (var index = 0; index < campaigns.Length; index++)
        {
            var count = 2 + random.Below(7);
            campaigns[index] = MakeCampaign(index, creatives.Count, count, calendars, random);
            for (var i = 0; i < count; i++)
                creatives.Add(MakeCreative(creatives.Count, campaigns[index], random));
        }

        return (campaigns, [.. creatives]);
    }

    private CampaignProfile MakeCampaign(
        int index,
        int firstCreative,
        int creatives,
        Dictionary<string, LocalCalendar> calendars,
        DeterministicRandom random
    )
    {
        var advertisers = Math.Max(2, Options.Campaigns / 3);
        var advertiser = index % advertisers;
        var described = index % 10 != 7;
        var zone = !described
            ? ""
            : Zones[index % 4 == 3 ? random.Below(Zones.Length) : advertiser % Zones.Length].Zone;
        if (!calendars.TryGetValue(zone, out var calendar))
            calendars[zone] = calendar = new LocalCalendar(
                zone == "" ? "UTC" : zone,
                Options.Start.AddDays(-2),
                Options.Days + 4
            );
        var pricing = described ? DrawPricing(random) : PricingModel.None;
        var level = 400 + random.Below(6000);
        var (click, clickMicros) = Pick(random, ("", 24), ("", 24), ("12h", 12), ("PT6H", 6), described);
        var (conversionClick, conversionClickMicros) = Pick(
            random,
            ("", 720),
            ("", 720),
            ("7d", 168),
            ("P2D", 48),
            described
        );
        var (view, viewMicros) = Pick(random, ("", 24), ("", 24), ("12h", 12), ("PT6H", 6), described);
        return new CampaignProfile
        {
            Index = index,
            Id = Utf8($"cmp-{index:D4}"),
            Advertiser = advertiser,
            Described = described,
            AttributionGroup = described ? advertiser : UndescribedGroup + index,
            Name = $"{Products[random.Below(Products.Length)]} {index}",
            TimeZone = zone,
            Calendar = calendar,
            Currency = Utf8(described ? Zones[advertiser % Zones.Length].Currency : "USD"),
            Pricing = pricing,
            Rates = MakeRates(pricing, level, calendar, random),
            ClickWindowText = click,
            ClickWindowMicros = clickMicros,
            ConversionClickWindowText = conversionClick,
            ConversionClickWindowMicros = conversionClickMicros,
            ViewWindowText = view,
            ViewWindowMicros = viewMicros,
            FirstCreative = firstCreative,
            CreativeCount = creatives,
            PriceLevel = level,
        };
    }

    private static PricingModel DrawPricing(DeterministicRandom random) =>
        random.Below(20) switch
        {
            < 11 => PricingModel.PerMille,
            < 15 => PricingModel.PerClick,
            < 17 => PricingModel.PerAction,
            _ => PricingModel.None,
        };

    private static (string Text, long Micros) Pick(
        DeterministicRandom random,
        (string, int) a,
        (string, int) b,
        (string, int) c,
        (string, int) d,
        bool described
    )
    {
        var (text, hours) = random.Below(8) switch
        {
            0 => c,
            1 => d,
            2 => b,
            _ => a,
        };
        return described ? (text, hours * MicrosPerHour) : ("", a.Item2 * MicrosPerHour);
    }

    /// <summary>One rate for ever, or another one from some local midnight on.</summary>
    private RatePeriod[] MakeRates(PricingModel pricing, int level, LocalCalendar calendar, DeterministicRandom random)
    {
        if (pricing == PricingModel.None)
            return [];
        // Rates per mille must be multiples of 1,000 micros, so that the cost of one impression is whole.
        var rate = pricing switch
        {
            PricingModel.PerMille => level * 1_300L / 1000 * 1000,
            PricingModel.PerClick => 150_000 + random.Below(900) * 1_000L,
            _ => 4_000_000 + random.Below(300) * 50_000L,
        };
        var change = calendar.StartOf(2 + Options.Days / 2);
        return random.Below(3) != 0
            ? [new(long.MinValue, long.MaxValue, rate)]
            : [new(long.MinValue, change, rate), new(change, long.MaxValue, rate + 20_000)];
    }

    private CreativeProfile MakeCreative(int index, CampaignProfile campaign, DeterministicRandom random)
    {
        var id = Utf8($"cr-{index:D5}");
        var clicks = (int)(Options.ClickRate * 1_000_000) * (200 + random.Below(1601)) / 1000;
        var json = Utf8($",\"ad_creative_id\":\"cr-{index:D5}\",\"campaign_id\":\"cmp-{campaign.Index:D4}\"");
        return new CreativeProfile(id, campaign.Index, clicks, json);
    }
}
