using System.Globalization;
using System.Text;

namespace AdvertiseX.IntegrationTests.Models;

/// <summary>
/// Users who do what no person does, as further files of the generator's feeds: bursts of impressions around the limit
/// of a minute, clicks that come at once, twice and by the dozen, conversions within a second. The same for the same
/// seed.
/// </summary>
internal static class InjectedTraffic
{
    private const int Users = 40;

    public static async Task WriteAsync(string folder, int seed)
    {
        var random = new Random(seed);
        var impressions = new StringBuilder();
        var actions = new StringBuilder(
            "event_timestamp,event_id,user_id,ad_campaign_id,conversion_type,impression_id,revenue,currency\n"
        );
        for (var user = 0; user < Users; user++)
            Burst(random, user, impressions, actions);
        foreach (
            var (feed, name, text) in ((string, string, StringBuilder)[])
                [("impressions", "bots.ndjson", impressions), ("clicks_conversions", "bots.csv", actions)]
        )
        {
            Directory.CreateDirectory(Path.Combine(folder, feed));
            await File.WriteAllTextAsync(Path.Combine(folder, feed, name), text.ToString());
        }
    }

    private static void Burst(Random random, int user, StringBuilder impressions, StringBuilder actions)
    {
        var start = new DateTime(2024, 3, 2, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(4 * 1440));
        var views = random.Next(4) == 0 ? random.Next(50, 75) : random.Next(1, 30);
        for (var i = 0; i < views; i++)
        {
            var id = $"bi-{user}-{i}";
            var time = start.AddMilliseconds(random.Next(60_000));
            impressions
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"impression_id":"{{id}}","timestamp":"{{Text(time)}}","ad_creative_id":"cr-00001","campaign_id":"{{Campaign(random)}}","user_id":"bot{{user}}","website":"https://news.example/{{i}}","country":"DE","cost":0.002}"""
                )
                .Append('\n');
        }

        for (var i = random.Next(3, 16); i > 0; i--)
        {
            var seen = random.Next(3) == 0 ? $"bi-{user}-{random.Next(views)}" : "";
            var time = start.AddMilliseconds(random.Next(random.Next(2) == 0 ? 12_000 : 60_000));
            var campaign = Campaign(random);
            actions.Append(
                CultureInfo.InvariantCulture,
                $"{Text(time)},bc-{user}-{i},bot{user},{campaign},click,{seen},,\n"
            );
            if (random.Next(3) == 0)
                actions.Append(
                    CultureInfo.InvariantCulture,
                    $"{Text(time.AddMilliseconds(random.Next(1500)))},bv-{user}-{i},bot{user},{campaign},purchase,,{random.Next(1, 90)}.5,USD\n"
                );
        }
    }

    private static string Campaign(Random random) => $"cmp-{random.Next(3):D4}";

    private static string Text(DateTime time) =>
        time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
