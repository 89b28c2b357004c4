namespace AdvertiseX.Reference;

/// <summary>The names under which files give a table's columns; the first is the table's own.</summary>
internal static class ReferenceLayout
{
    private static readonly Dictionary<string, string[]> Spellings = new(StringComparer.Ordinal)
    {
        ["advertiser_name"] = ["advertiser_name", "name"],
        ["campaign_name"] = ["campaign_name", "name"],
        ["advertiser_id"] = ["advertiser_id", "advertiser"],
        ["time_zone"] = ["time_zone", "timezone", "zone"],
        ["start_date"] = ["start_date", "starts", "flight_start"],
        ["end_date"] = ["end_date", "ends", "flight_end"],
        ["budget_micros"] = ["budget"],
        ["click_window_micros"] = ["click_window"],
        ["conversion_click_window_micros"] = ["conversion_click_window", "conversion_window"],
        ["view_window_micros"] = ["view_window", "conversion_view_window"],
        ["target_ctr_millionths"] = ["target_ctr"],
        ["target_cpa_micros"] = ["target_cpa"],
        ["target_roas_millionths"] = ["target_roas"],
        ["pricing_model"] = ["pricing_model", "pricing"],
        ["rate_micros"] = ["rate"],
        ["valid_from"] = ["valid_from", "from", "start"],
        ["valid_to"] = ["valid_to", "to", "end"],
        ["ad_group_id"] = ["ad_group_id", "ad_group"],
        ["ad_group_name"] = ["ad_group_name", "name"],
        ["target_millionths"] = ["target"],
        ["creative_id"] = ["creative_id", "ad_creative_id", "ad_id"],
        ["creative_name"] = ["creative_name", "name"],
        ["content_category"] = ["content_category", "category"],
    };

    private static readonly Lazy<HashSet<string>> Known = new(() =>
        [.. ReferenceTables.All.SelectMany(table => table.Columns).SelectMany(column => NamesOf(column.Name))]
    );

    public static string[] NamesOf(string column) => Spellings.TryGetValue(column, out var names) ? names : [column];

    /// <summary>What a record describes, by the ids that it has; null when that cannot be told.</summary>
    public static ReferenceKind? KindOf(ReferenceRecord record)
    {
        if (Has(record, "level") && Has(record, "metric"))
            return ReferenceKind.Targets;
        if (Has(record, "creative_id"))
            return ReferenceKind.Creatives;
        if (Has(record, "ad_group_id"))
            return ReferenceKind.AdGroups;
        if (Has(record, "rate_micros") && !HasAny(record, "advertiser_id", "time_zone", "currency"))
            return ReferenceKind.CampaignRates;
        if (Has(record, "campaign_id"))
            return ReferenceKind.Campaigns;
        if (Has(record, "user_id"))
            return ReferenceKind.Users;
        if (Has(record, "site_id"))
            return ReferenceKind.Sites;
        return Has(record, "advertiser_id") ? ReferenceKind.Advertisers : null;
    }

    /// <summary>Whether a name is that of a column of any table.</summary>
    public static bool IsKnown(string name) => Known.Value.Contains(name);

    /// <summary>Names of a record that mean one and the same column of its table; null if each column stands there at
    /// most once.</summary>
    public static (string Column, string Names)? Repeated(ReferenceRecord record, ReferenceKind kind)
    {
        var doubled = record
            .Names.GroupBy(name => name, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1);
        if (doubled != null)
            return (doubled.Key, string.Join(", ", doubled));
        foreach (var column in ReferenceTables.All[(int)kind].Columns)
        {
            string[] names = [.. NamesOf(column.Name).Where(record.Names.Contains)];
            if (names.Length > 1)
                return (NamesOf(column.Name)[0], string.Join(", ", names));
        }

        return null;
    }

    private static bool HasAny(ReferenceRecord record, params ReadOnlySpan<string> columns)
    {
        foreach (var column in columns)
        {
            if (Has(record, column))
                return true;
        }

        return false;
    }

    private static bool Has(ReferenceRecord record, string column) => NamesOf(column).Any(record.Names.Contains);
}
