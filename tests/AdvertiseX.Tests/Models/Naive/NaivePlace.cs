using System.Globalization;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>Where a figure stands: under which row of which of the tables that count campaigns' days.</summary>
/// <param name="Dimension">What tells rows of one campaign's day apart: day (nothing), campaign (the hour), creative,
/// site, device, geo, segment, audience.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Date">Local date.</param>
/// <param name="Currency">The row's currency.</param>
/// <param name="Row">The values of the dimension's columns.</param>
internal readonly record struct NaivePlace(
    string Dimension,
    string? Campaign,
    DateOnly Date,
    string? Currency,
    string Row
)
{
    public static readonly string[] Dimensions =
    [
        "day",
        "campaign",
        "creative",
        "site",
        "device",
        "geo",
        "segment",
        "audience",
    ];

    /// <summary>Columns of the row as the stored tables name them.</summary>
    public static string[] ColumnsOf(string dimension) =>
        dimension switch
        {
            "day" => [],
            "campaign" => ["local_hour"],
            "creative" => ["ad_group_id", "creative_id"],
            "site" => ["site_id"],
            "device" => ["device_type"],
            "geo" => ["country", "region"],
            "audience" => ["age_band", "gender"],
            _ => [dimension],
        };

    /// <summary>The places of one event or touch in these dimensions, in their order.</summary>
    /// <param name="dimensions">The dimensions.</param>
    /// <param name="book">Zones.</param>
    /// <param name="micros">When the figure counts.</param>
    /// <param name="counted">The event or touch that it counts for.</param>
    /// <param name="user">Whose segment and audience it counts in.</param>
    /// <param name="userMicros">When the user was in the segment.</param>
    /// <param name="currency">The row's currency.</param>
    /// <param name="users">Segments.</param>
    public static NaivePlace[] Of(
        string[] dimensions,
        NaiveBook book,
        long micros,
        NaiveEvent counted,
        long? user,
        long userMicros,
        string? currency,
        NaiveUsers users
    )
    {
        var time = book.LocalTime(counted.Campaign, micros);
        var date = time.Date.ToDateOnly();
        var userDate = book.LocalDate(counted.Campaign, userMicros);
        return Array.ConvertAll(
            dimensions,
            dimension => new NaivePlace(
                dimension,
                counted.Campaign,
                date,
                currency,
                dimension switch
                {
                    "day" => "",
                    "campaign" => time.Hour.ToString(CultureInfo.InvariantCulture),
                    "creative" => $"{Known(counted.AdGroup)} | {Known(counted.Creative)}",
                    "site" => Known(counted.SiteId ?? counted.Domain),
                    "device" => Known(counted.Device),
                    "geo" => $"{Known(counted.Country)} | {Known(counted.Region)}",
                    "audience" => $"{Known(book.AudienceOf(user).Age)} | {Known(book.AudienceOf(user).Gender)}",
                    _ => user is { } key ? users.SegmentOf(key, userDate) : Known(null),
                }
            )
        );
    }

    public static string Known(string? text) => text ?? "(unknown)";

    public override string ToString() =>
        $"{Known(Campaign)} | {Date:yyyy-MM-dd} | {Currency}{(Row.Length == 0 ? "" : " | " + Row)}";
}
