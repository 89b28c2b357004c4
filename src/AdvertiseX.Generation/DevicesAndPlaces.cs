using System.Text;

namespace AdvertiseX.Generation;

/// <summary>A kind of device: what it says of itself, and how often it is met.</summary>
internal sealed class DeviceProfile(int weight, int avroType, string type, string os, string browser, string agent)
{
    public int Weight { get; } = weight;

    /// <summary>Index in the enum of the bid request's schema.</summary>
    public int AvroType { get; } = avroType;

    public byte[] Os { get; } = Encoding.UTF8.GetBytes(os);
    public byte[] UserAgent { get; } = Encoding.UTF8.GetBytes(agent);

    public byte[] NestedJson { get; } =
        Encoding.UTF8.GetBytes($$""","device":{"type":"{{type}}","os":"{{os}}","browser":"{{browser}}"}""");

    public byte[] FlatJson { get; } = Encoding.UTF8.GetBytes($",\"device_type\":\"{type}\",\"os\":\"{os}\"");
}

/// <summary>A place and the first two bytes of its addresses.</summary>
internal sealed class Place(
    int weight,
    string country,
    string region,
    string city,
    float lat,
    float lon,
    string network
)
{
    public int Weight { get; } = weight;
    public byte[] Country { get; } = Encoding.UTF8.GetBytes(country);
    public byte[] Region { get; } = Encoding.UTF8.GetBytes(region);
    public float Latitude { get; } = lat;
    public float Longitude { get; } = lon;
    public byte[] Network { get; } = Encoding.UTF8.GetBytes(network);

    public byte[] Json { get; } =
        Encoding.UTF8.GetBytes($$""","geo":{"country":"{{country}}","region":"{{region}}","city":"{{city}}"}""");
}

/// <summary>The devices, places and networks that the simulated people use.</summary>
internal static class DevicesAndPlaces
{
    /// <summary>
    /// First two bytes of addresses of machines in data centres, within the ranges that ship with enrichment.
    /// </summary>
    public static readonly byte[][] DataCentreNetworks =
    [
        .. new[] { "34.192", "52.4", "18.204", "104.131", "95.216" }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] BotAgents =
    [
        .. new[]
        {
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
            "python-requests/2.31.0",
            "curl/8.5.0",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>The agent of a bot with this profile.</summary>
    public static ReadOnlySpan<byte> BotAgentOf(uint profile) => BotAgents[profile % (uint)BotAgents.Length];

    /// <summary>Whether that agent names a bot; else it names a tool that is no browser.</summary>
    public static bool IsBrowserLike(uint profile) => BotAgentOf(profile).StartsWith("Mozilla"u8);

    public static readonly DeviceProfile[] Devices =
    [
        new(
            220,
            1,
            "mobile",
            "Android",
            "Chrome",
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Mobile Safari/537.36"
        ),
        new(
            90,
            1,
            "mobile",
            "Android",
            "Samsung Internet",
            "Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36"
        ),
        new(
            190,
            1,
            "mobile",
            "iOS",
            "Safari",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1"
        ),
        new(
            30,
            1,
            "mobile",
            "iOS",
            "Chrome",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/122.0.6261.62 Mobile/15E148 Safari/604.1"
        ),
        new(
            180,
            2,
            "desktop",
            "Windows",
            "Chrome",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36"
        ),
        new(
            70,
            2,
            "desktop",
            "Windows",
            "Edge",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36 Edg/122.0.2365.52"
        ),
        new(
            40,
            2,
            "desktop",
            "Windows",
            "Firefox",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:123.0) Gecko/20100101 Firefox/123.0"
        ),
        new(
            50,
            2,
            "desktop",
            "macOS",
            "Safari",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Safari/605.1.15"
        ),
        new(
            20,
            2,
            "desktop",
            "Linux",
            "Firefox",
            "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0"
        ),
        new(
            40,
            3,
            "tablet",
            "iOS",
            "Safari",
            "Mozilla/5.0 (iPad; CPU OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1"
        ),
        new(
            20,
            3,
            "tablet",
            "Android",
            "Chrome",
            "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"
        ),
        new(
            50,
            4,
            "ctv",
            "Tizen",
            "Samsung TV",
            "Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36"
        ),
    ];

    public static readonly Place[] Places =
    [
        new(120, "US", "CA", "Los Angeles", 34.05f, -118.24f, "76.91"),
        new(110, "US", "NY", "New York", 40.71f, -74.01f, "74.72"),
        new(70, "US", "TX", "Houston", 29.76f, -95.37f, "73.166"),
        new(60, "US", "IL", "Chicago", 41.88f, -87.63f, "73.51"),
        new(30, "US", "WA", "Seattle", 47.61f, -122.33f, "71.197"),
        new(90, "DE", "BE", "Berlin", 52.52f, 13.41f, "87.123"),
        new(70, "DE", "BY", "München", 48.14f, 11.58f, "93.104"),
        new(80, "GB", "LND", "London", 51.51f, -0.13f, "86.150"),
        new(60, "FR", "IDF", "Paris", 48.86f, 2.35f, "90.110"),
        new(40, "ES", "MD", "Madrid", 40.42f, -3.70f, "83.44"),
        new(30, "CH", "ZH", "Zürich", 47.38f, 8.54f, "85.1"),
        new(30, "PL", "MZ", "Warszawa", 52.23f, 21.01f, "83.6"),
        new(90, "IN", "MH", "Mumbai", 19.08f, 72.88f, "49.36"),
        new(70, "IN", "KA", "Bengaluru", 12.97f, 77.59f, "49.207"),
        new(60, "BR", "SP", "São Paulo", -23.55f, -46.63f, "177.32"),
        new(40, "JP", "13", "東京", 35.68f, 139.69f, "126.78"),
        new(40, "AU", "NSW", "Sydney", -33.87f, 151.21f, "1.128"),
        new(20, "CA", "ON", "Toronto", 43.65f, -79.38f, "99.224"),
    ];
}
