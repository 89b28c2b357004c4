namespace AdvertiseX.Reports;

/// <summary>Where a performance report finds what its rows stand for. Immutable.</summary>
internal sealed record PerformanceSubject
{
    /// <summary>Table with the counts.</summary>
    public required string Table { get; init; }

    /// <summary>The rows of the table, and of <c>attribution_credits</c>, that are its.</summary>
    public required string Dimension { get; init; }

    /// <summary>The columns that tell two of them apart.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>What is shown of them: keys and names, from the sums <c>s</c> and <see cref="Joins"/>.</summary>
    public required IReadOnlyList<string> Shown { get; init; }

    /// <summary>Descriptions with names.</summary>
    public IReadOnlyList<string> Described { get; init; } = [];

    public string Joins { get; init; } = "";

    /// <summary>Whether there are credits of every model.</summary>
    public bool HasModels { get; init; } = true;

    /// <summary>Whether a row is of one campaign; else it sums campaigns, a currency, and its ratios leave out those
    /// with spend or revenue in several currencies.</summary>
    public bool IsOfOneCampaign { get; init; }

    /// <summary>Whether conversions can be counted under their own tag.</summary>
    public bool HasTagged { get; init; }

    public bool HasViewability { get; init; } = true;

    public static PerformanceSubject Of(ReportSubject subject) =>
        subject switch
        {
            ReportSubject.Creatives => new()
            {
                Table = "performance",
                Dimension = "creative",
                Keys = ["ad_group_id", "creative_id"],
                Shown = ["s.creative_id", "d.creative_name", "s.ad_group_id", "a.ad_group_name", "d.format", "d.size"],
                Described = ["creatives", "ad_groups"],
                Joins =
                    "left join creatives d on d.creative_id = s.creative_id left join ad_groups a on a.ad_group_id = s.ad_group_id",
            },
            ReportSubject.Sites => new()
            {
                Table = "performance",
                Dimension = "site",
                Keys = ["site_id"],
                Shown = ["s.site_id", "d.domain", "d.content_category"],
                Described = ["sites"],
                Joins = "left join sites d on d.site_id = s.site_id",
            },
            ReportSubject.Devices => new()
            {
                Table = "performance",
                Dimension = "device",
                Keys = ["device_type"],
                Shown = ["s.device_type"],
            },
            ReportSubject.Geo => new()
            {
                Table = "performance",
                Dimension = "geo",
                Keys = ["country", "region"],
                Shown = ["s.country", "s.region"],
            },
            ReportSubject.Segments => OfUsers("segment", "segment"),
            ReportSubject.Audiences => OfUsers("audience", "age_band", "gender"),
            _ => new()
            {
                Table = "campaign_performance",
                Dimension = "campaign",
                Keys = ["campaign_id"],
                Shown = ["s.campaign_id", "g.campaign_name"],
                Joins = "left join campaigns g on g.campaign_id = s.campaign_id",
                IsOfOneCampaign = true,
                HasTagged = true,
            },
        };

    private static PerformanceSubject OfUsers(string dimension, params string[] keys) =>
        new()
        {
            Table = "user_performance",
            Dimension = dimension,
            Keys = keys,
            Shown = [.. keys.Select(key => $"s.{key}")],
            HasModels = false,
            HasViewability = false,
        };
}
