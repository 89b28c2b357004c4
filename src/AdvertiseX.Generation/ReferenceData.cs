using System.Globalization;
using System.Text;

namespace AdvertiseX.Generation;

/// <summary>Writes what is known of campaigns, ad groups, creatives, sites and users as CSV (RFC 4180).</summary>
internal static class ReferenceData
{
    private static readonly string[] Formats = ["banner", "native", "video"];
    private static readonly string[] Sizes = ["300x250", "728x90", "320x50", "160x600", "1920x1080"];
    private static readonly string[] Ages = ["18-24", "25-34", "35-44", "45-54", "55-64", "65+", ""];

    public static void Write(Catalogue catalogue, string directory)
    {
        Directory.CreateDirectory(directory);
        WriteCampaigns(catalogue, Path.Combine(directory, "campaigns.csv"));
        WriteRates(catalogue, Path.Combine(directory, "campaign_rates.csv"));
        WriteAdGroups(catalogue, Path.Combine(directory, "ad_groups.csv"));
        WriteCreatives(catalogue, Path.Combine(directory, "creatives.csv"));
        WriteSites(catalogue, Path.Combine(directory, "sites.csv"));
        WriteUsers(catalogue, Path.Combine(directory, "users.csv"));
    }

    private static void WriteCampaigns(Catalogue catalogue, string path)
    {
        using var file = Open(
            path,
            "campaign_id,advertiser_id,campaign_name,time_zone,currency,budget,click_window,"
                + "conversion_click_window,view_window,primary_conversion_types,target_ctr,target_cpa,target_roas"
        );
        foreach (var campaign in catalogue.Campaigns.Where(campaign => campaign.Described))
        {
            var index = campaign.Index;
            var targets =
                index % 3 == 0 ? "0.01,12.5,3"
                : index % 3 == 1 ? ",20,"
                : ",,";
            file.Write(
                $"{Text(campaign.Id)},adv-{campaign.Advertiser:D3},{Quoted(campaign.Name)},{campaign.TimeZone},"
            );
            file.Write($"{Text(campaign.Currency)},{5_000 + index * 250 % 20_000},{campaign.ClickWindowText},");
            file.Write(
                $"{campaign.ConversionClickWindowText},{campaign.ViewWindowText},{campaign.PrimaryTypes},{targets}\n"
            );
        }
    }

    private static void WriteRates(Catalogue catalogue, string path)
    {
        using var file = Open(path, "campaign_id,pricing_model,rate,valid_from,valid_to");
        foreach (var campaign in catalogue.Campaigns)
        {
            foreach (var (from, to, rate) in campaign.Rates)
            {
                var model = campaign.Pricing switch
                {
                    PricingModel.PerMille => "cpm",
                    PricingModel.PerClick => "cpc",
                    _ => "cpa",
                };
                var amount = (rate / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);
                file.Write($"{Text(campaign.Id)},{model},{amount},{Instant(from)},{Instant(to)}\n");
            }
        }
    }

    private static void WriteAdGroups(Catalogue catalogue, string path)
    {
        using var file = Open(path, "ad_group_id,name");
        foreach (var campaign in catalogue.Campaigns.Where(campaign => campaign.Described))
        {
            for (var group = 0; group < 2; group++)
                file.Write($"{AdGroup(campaign.Index, group)},{Quoted($"{campaign.Name} {"AB"[group]}")}\n");
        }
    }

    private static void WriteCreatives(Catalogue catalogue, string path)
    {
        using var file = Open(path, "creative_id,campaign_id,ad_group_id,name,format,size");
        for (var index = 0; index < catalogue.Creatives.Length; index++)
        {
            var creative = catalogue.Creatives[index];
            var campaign = catalogue.Campaigns[creative.Campaign];
            if (!campaign.Described)
                continue;
            var format = Formats[index % 7 % 3];
            file.Write($"{Text(creative.Id)},{Text(campaign.Id)},{AdGroup(campaign.Index, index % 2)},");
            file.Write($"{Quoted($"{campaign.Name} {format} {index}")},{format},{Sizes[index % Sizes.Length]}\n");
        }
    }

    private static void WriteSites(Catalogue catalogue, string path)
    {
        using var file = Open(path, "site_id,domain,category");
        foreach (var site in catalogue.Sites)
            file.Write($"{Text(site.Id)},{Text(site.Domain)},{site.Category}\n");
    }

    private static void WriteUsers(Catalogue catalogue, string path)
    {
        using var file = Open(path, "user_id,age_band,gender,country,region");
        for (var user = 0; user < catalogue.UserCount; user++)
        {
            var profile = catalogue.ProfileOf(user);
            var traits = (uint)DeterministicRandom.Mix(profile);
            var gender = ((traits >> 8) % 11) switch
            {
                < 5 => "f",
                < 10 => "m",
                _ => "",
            };
            var place = catalogue.PlaceOf(profile);
            file.Write($"u{catalogue.UserNumber(user):x8},{Ages[traits % 7]},{gender},");
            file.Write($"{Text(place.Country)},{Text(place.Region)}\n");
        }
    }

    private static string AdGroup(int campaign, int group) => $"ag-{campaign:D4}-{group}";

    private static StreamWriter Open(string path, string header)
    {
        var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        file.WriteLine(header);
        return file;
    }

    private static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(',', '"') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string Instant(long micros) =>
        micros is long.MinValue or long.MaxValue
            ? ""
            : DateTime
                .UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond)
                .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
