using System.Text;

namespace AdvertiseX.Generation;

/// <summary>Why a user is no person.</summary>
internal enum BotKind : byte
{
    None,

    /// <summary>Says so in the user agent.</summary>
    DeclaredAgent,

    /// <summary>Comes from a data centre with an ordinary user agent.</summary>
    DataCentre,
}

/// <summary>The world that the traffic happens in: who advertises, where, and who looks. Immutable.</summary>
internal sealed partial class Catalogue
{
    public const int NoUser = -1;

    /// <summary>Above every advertiser's number, so that undescribed campaigns are groups of their own.</summary>
    private const int UndescribedGroup = 1_000_000;

    private const int UsersBotsPerThousand = 5;
    private static readonly string[] Categories =
    [
        "news",
        "sports",
        "finance",
        "technology",
        "travel",
        "food",
        "games",
        "health",
        "fashion",
        "cars",
        "music",
        "weather",
    ];

    private static readonly string[] Words =
    [
        "daily",
        "north",
        "blue",
        "open",
        "metro",
        "bright",
        "first",
        "green",
        "urban",
        "prime",
        "silver",
        "true",
    ];

    private readonly ulong _salt;
    private readonly byte[] _deviceBySlot;
    private readonly byte[] _placeBySlot;

    public Catalogue(GeneratorOptions options)
    {
        _salt = DeterministicRandom.Mix(options.Seed * 2 + 1);
        Options = options;
        UserCount = options.EffectiveUsers;
        _deviceBySlot = Slots([.. DevicesAndPlaces.Devices.Select(device => device.Weight)]);
        _placeBySlot = Slots([.. DevicesAndPlaces.Places.Select(place => place.Weight)]);
        var random = new DeterministicRandom(options.Seed ^ 0x00C0FFEE);
        Sites = [.. Enumerable.Range(0, options.Sites).Select(index => MakeSite(index, random))];
        (Campaigns, Creatives) = MakeCampaigns(random);
        CampaignDraw = AliasTable.Zipf(Campaigns.Length, 0);
        SiteDraw = AliasTable.Zipf(Sites.Length, 0);
        UserDraw = AliasTable.Zipf(UserCount, Math.Max(1, UserCount / 200));
    }

    public GeneratorOptions Options { get; }
    public int UserCount { get; }
    public CampaignProfile[] Campaigns { get; }
    public CreativeProfile[] Creatives { get; }
    public SiteProfile[] Sites { get; }
    public AliasTable CampaignDraw { get; }
    public AliasTable SiteDraw { get; }
    public AliasTable UserDraw { get; }

    /// <summary>The number in a user's id: one to one, so that ids are distinct and look random.</summary>
    public uint UserNumber(int user)
    {
        var value = (uint)user ^ (uint)_salt;
        value = (value ^ (value >> 16)) * 0x7FEB352D;
        value = (value ^ (value >> 15)) * 0x846CA68B;
        return value ^ (value >> 16);
    }

    public uint ProfileOf(int user) => (uint)DeterministicRandom.Mix(_salt + (ulong)user);

    public DeviceProfile DeviceOf(uint profile) => DevicesAndPlaces.Devices[_deviceBySlot[profile & 1023]];

    public Place PlaceOf(uint profile) => DevicesAndPlaces.Places[_placeBySlot[(profile >> 10) & 1023]];

    /// <summary>Visitors without a known user are people.</summary>
    public BotKind BotOf(int user)
    {
        if (user == NoUser)
            return BotKind.None;
        var draw = (UserNumber(user) >> 3) % 1000;
        if (draw >= UsersBotsPerThousand)
            return BotKind.None;
        return draw % 2 == 0 ? BotKind.DeclaredAgent : BotKind.DataCentre;
    }

    public ReadOnlySpan<byte> UserAgentOf(uint profile, BotKind bot) =>
        bot == BotKind.DeclaredAgent ? DevicesAndPlaces.BotAgentOf(profile) : DeviceOf(profile).UserAgent;

    public void AppendAddress(Utf8Buffer buffer, uint profile, BotKind bot)
    {
        var network =
            bot == BotKind.DataCentre
                ? DevicesAndPlaces.DataCentreNetworks[profile % (uint)DevicesAndPlaces.DataCentreNetworks.Length]
                : PlaceOf(profile).Network;
        var host = DeterministicRandom.Mix(profile);
        buffer.Append(network);
        buffer.Append((byte)'.');
        buffer.AppendNumber((byte)host);
        buffer.Append((byte)'.');
        buffer.AppendNumber((byte)(host >> 8));
    }

    /// <summary>Spreads 1,024 slots over weights, so that a draw is one table look-up.</summary>
    private static byte[] Slots(int[] weights)
    {
        var slots = new byte[1024];
        int sum = weights.Sum(),
            passed = 0,
            index = 0;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            while (slot * sum >= (passed + weights[index]) * slots.Length)
                passed += weights[index++];
            slots[slot] = (byte)index;
        }

        return slots;
    }

    private static SiteProfile MakeSite(int index, DeterministicRandom random)
    {
        var category = Categories[random.Below(Categories.Length)];
        var domain = $"{Words[random.Below(Words.Length)]}{category}{index}.example";
        var url = $"https://www.{domain}/{category}/";
        // A few ad servers escape slashes as some JSON writers do.
        var json = index % 25 == 7 ? url.Replace("/", "\\/", StringComparison.Ordinal) : url;
        var shape = (index % 10) switch
        {
            6 => RecordShape.UserAgent,
            9 => RecordShape.Flat,
            _ => RecordShape.NestedDevice,
        };
        return new SiteProfile(Utf8($"site-{index:D5}"), Utf8(domain), category, Utf8(url), Utf8(json), shape);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
