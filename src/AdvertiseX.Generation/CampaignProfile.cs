namespace AdvertiseX.Generation;

internal enum PricingModel
{
    None,
    PerMille,
    PerClick,
    PerAction,
}

/// <summary>A rate and when it holds: from the first instant on, up to but without the second.</summary>
internal readonly record struct RatePeriod(long FromMicros, long ToMicros, long RateMicros);

/// <summary>One campaign with everything that the truth depends on.</summary>
internal sealed class CampaignProfile
{
    public required int Index { get; init; }
    public required byte[] Id { get; init; }
    public required int Advertiser { get; init; }

    /// <summary>False: events name it, the reference data do not.</summary>
    public required bool Described { get; init; }

    /// <summary>What makes touches candidates for a conversion: the advertiser where known, else the
    /// campaign.</summary>
    public required int AttributionGroup { get; init; }

    public required string Name { get; init; }

    /// <summary>IANA name; empty means UTC.</summary>
    public required string TimeZone { get; init; }

    public required LocalCalendar Calendar { get; init; }
    public required byte[] Currency { get; init; }
    public required PricingModel Pricing { get; init; }
    public required RatePeriod[] Rates { get; init; }
    public required string ClickWindowText { get; init; }
    public required string ConversionClickWindowText { get; init; }
    public required string ViewWindowText { get; init; }
    public required long ClickWindowMicros { get; init; }
    public required long ConversionClickWindowMicros { get; init; }
    public required long ViewWindowMicros { get; init; }
    public required int FirstCreative { get; init; }
    public required int CreativeCount { get; init; }

    /// <summary>Typical clearing price per mille in thousandths of the unit.</summary>
    public required int PriceLevel { get; init; }

    /// <summary>The types that are its aim, as its description lists them; empty for all.</summary>
    public string PrimaryTypes =>
        (Described ? Index % 5 : 0) switch
        {
            1 => "purchase",
            3 => "purchase|lead",
            _ => "",
        };

    /// <summary>Whether it pays for conversions of that kind.</summary>
    public bool IsPrimary(ConversionKind kind) =>
        PrimaryTypes.Length == 0
        || kind == ConversionKind.Purchase
        || (kind == ConversionKind.Lead && PrimaryTypes.EndsWith("lead", StringComparison.Ordinal));

    /// <summary>How long a touch of this campaign can earn a conversion.</summary>
    public long WindowOf(TouchKind kind) => kind == TouchKind.Click ? ConversionClickWindowMicros : ViewWindowMicros;

    /// <summary>The rate at an instant in micros; 0 without pricing.</summary>
    public long RateAt(long micros)
    {
        foreach (var period in Rates)
        {
            if (micros >= period.FromMicros && micros < period.ToMicros)
                return period.RateMicros;
        }

        return 0;
    }
}

/// <summary>One creative; its click rate per million impressions is its own.</summary>
internal readonly record struct CreativeProfile(byte[] Id, int Campaign, int ClicksPerMillion, byte[] JsonFields);

/// <summary>How a site's ad server writes an impression.</summary>
internal enum RecordShape : byte
{
    /// <summary>With a nested device, without user agent.</summary>
    NestedDevice,

    /// <summary>With the user agent, the device left to whoever reads it.</summary>
    UserAgent,

    /// <summary>Flat device fields and other spellings.</summary>
    Flat,
}

/// <summary>One site.</summary>
internal readonly record struct SiteProfile(
    byte[] Id,
    byte[] Domain,
    string Category,
    byte[] UrlPrefix,
    byte[] JsonUrlPrefix,
    RecordShape Shape
);
