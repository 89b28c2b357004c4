using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using NodaTime;

namespace AdvertiseX.Reference;

/// <summary>Texts of reference files as values; null for a text that is none.</summary>
internal static partial class ReferenceText
{
    /// <summary>What <see cref="Window"/> takes, for messages.</summary>
    public const string WindowExpected = "a duration of at most 90 days such as 24h, 7d, 30m or PT12H";

    /// <summary>What a target is of.</summary>
    public static readonly string[] Levels = ["campaign", "ad_group", "creative"];

    /// <summary>Figures that can have a target, under the names that reports have for them.</summary>
    public static readonly string[] Metrics =
    [
        "impressions",
        "clicks",
        "conversions",
        "revenue",
        "spend",
        "ctr",
        "cvr",
        "cpc",
        "cpm",
        "cpa",
        "roas",
        "viewable_rate",
    ];

    public static readonly TimeSpan LongestWindow = TimeSpan.FromDays(90);

    private static readonly HashSet<string> Currencies = new(
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC
        CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK
        JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR
        MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
        STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal
    );

    /// <summary>An exact decimal as millionths, not negative.</summary>
    public static long? Millionths(string text) =>
        Micros.Parse(Encoding.UTF8.GetBytes(text), Micros.Scale, out var value, out var exact) == DecimalVerdict.Ok
        && exact
        && value >= 0
            ? value
            : null;

    /// <summary>An ISO 4217 code.</summary>
    public static string? Currency(string text) =>
        Currencies.Contains(text.ToUpperInvariant()) ? text.ToUpperInvariant() : null;

    /// <summary>An IANA time zone.</summary>
    public static string? Zone(string text) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(text)?.Id;

    /// <summary>A window in micros: <c>0</c> for off, <c>24h</c>, <c>7d</c>, or an ISO 8601 duration of days, hours,
    /// minutes and seconds.</summary>
    public static long? Window(string text)
    {
        if (text == "0")
            return 0;
        var match = Duration().Match(text);
        if (!match.Success || text.Length < 2 || text.EndsWith('T'))
            return null;
        var seconds = Part(match, "d") * 86_400 + Part(match, "h") * 3_600 + Part(match, "m") * 60 + Part(match, "s");
        return seconds <= (long)LongestWindow.TotalSeconds ? seconds * 1_000_000 : null;
    }

    /// <summary>A date of the form 2024-03-01.</summary>
    public static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    /// <summary>An instant (with Z or an offset), or a date, which starts at midnight in the zone; micros since
    /// 1970.</summary>
    public static long? Instant(string text, string? zone)
    {
        if (Date(text) is { } date)
        {
            return zone is null
                ? null
                : DateTimeZoneProviders
                    .Tzdb[zone]
                    .AtStartOfDay(LocalDate.FromDateOnly(date))
                    .ToInstant()
                    .ToUnixTimeTicks() / TimeSpan.TicksPerMicrosecond;
        }

        string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        return
            DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && HasZone(text)
            ? EpochMicros.Of(time)
            : null;
    }

    private static bool HasZone(string text) => text.EndsWith('Z') || text.AsSpan(10).IndexOfAny('+', '-') >= 0;

    private static long Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true } part ? long.Parse(part.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        @"^((P((?<d>\d{1,6})D)?(T((?<h>\d{1,6})H)?((?<m>\d{1,7})M)?((?<s>\d{1,8})S)?)?)|(?<d>\d{1,6})d|(?<h>\d{1,6})h|(?<m>\d{1,7})m|(?<s>\d{1,8})s)$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Duration();
}
