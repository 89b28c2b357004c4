using System.Globalization;
using System.Text.Json;
using AdvertiseX.DuckDb;
using AdvertiseX.Generation;
using AdvertiseX.Models;

namespace AdvertiseX.Bench;

/// <summary>Generated feeds of one size, kept in <c>artifacts/bench</c> so that later runs find them.</summary>
internal sealed record FeedSet(string Folder, long Impressions, long Events, long FeedBytes, int DamagedAvroBlocks)
{
    private const string Marker = "bench.json";

    // No lines cut off: DuckDB's read_json (1.5.5) takes the good line after one that was cut behind a colon for its
    // rest, and loses both, so results could not be compared exactly. All other dirt is there.
    private static readonly DirtRates Dirt = DirtRates.Default with { Broken = 0 };

    public string BidRequestLinesFolder => Path.Combine(Folder, "peer", "bid_requests");

    /// <summary>Descriptions of campaigns, creatives, sites and users.</summary>
    public string ReferenceFolder => Path.Combine(Folder, "reference");

    /// <summary>What clocks show in the campaigns' zones, as CSV, for peers without a library of time zones.</summary>
    public string ZoneOffsetsFile => Path.Combine(Folder, "peer", "zone_offsets.csv");

    /// <summary>Folders that hold the three feeds.</summary>
    public string[] Feeds =>
        [.. new[] { "impressions", "clicks_conversions", "bid_requests" }.Select(f => Path.Combine(Folder, f))];

    /// <summary>"1m" for a million, "250k" for a quarter of one.</summary>
    public static string NameOf(long impressions) =>
        impressions % 1_000_000 == 0 ? $"{impressions / 1_000_000}m" : $"{impressions / 1000}k";

    /// <summary>Reads "250k", "4m" or a number.</summary>
    public static long ParseSize(string text) =>
        char.ToLowerInvariant(text[^1]) switch
        {
            'm' => (long)(double.Parse(text[..^1], CultureInfo.InvariantCulture) * 1_000_000),
            'k' => (long)(double.Parse(text[..^1], CultureInfo.InvariantCulture) * 1_000),
            _ => long.Parse(text, CultureInfo.InvariantCulture),
        };

    /// <param name="root">Where feeds are kept.</param>
    /// <param name="impressions">Impressions shown.</param>
    /// <param name="days">Days of traffic; null for the generator's default.</param>
    public static async Task<FeedSet> OfAsync(string root, long impressions, int? days = null)
    {
        var folder = Path.Combine(root, "feeds-" + NameOf(impressions) + (days is null ? "" : $"-{days}d"));
        var set = await FoundOrMadeAsync(folder, impressions, days);
        if (!File.Exists(set.ZoneOffsetsFile))
            set.WriteZoneOffsets();
        return set;
    }

    private static async Task<FeedSet> FoundOrMadeAsync(string folder, long impressions, int? days)
    {
        var marker = Path.Combine(folder, Marker);
        if (File.Exists(marker))
            return JsonSerializer.Deserialize<FeedSet>(File.ReadAllText(marker))! with { Folder = folder };
        if (Directory.Exists(folder))
            Directory.Delete(folder, true);
        Console.Error.WriteLine($"generating {impressions:N0} impressions in {folder}");
        var options = new GeneratorOptions
        {
            OutputDirectory = folder,
            Impressions = impressions,
            Dirt = Dirt,
        };
        var summary = await FeedGenerator.GenerateAsync(options with { Days = days ?? options.Days });
        Directory.Delete(Path.Combine(folder, "truth"), true);
        var events =
            summary.Impressions.Received
            + summary.Clicks.Received
            + summary.Conversions.Received
            + summary.BidRequests.Received;
        var set = new FeedSet(folder, impressions, events, summary.FeedBytes, 0);
        Console.Error.WriteLine("writing the bid requests as lines of JSON for the peers");
        var damaged = BidRequestLines.Write(
            Directory.GetFiles(Path.Combine(folder, "bid_requests")).Order(StringComparer.Ordinal),
            set.BidRequestLinesFolder
        );
        set = set with { DamagedAvroBlocks = damaged };
        File.WriteAllText(marker, JsonSerializer.Serialize(set));
        return set;
    }

    // Generated traffic lies within a year and a half; a span more than it needs costs a peer nothing.
    private void WriteZoneOffsets()
    {
        var (first, last) = (new DateOnly(2023, 12, 1), new DateOnly(2025, 6, 1));
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var zones = new List<string>();
        using (
            var named = connection.Query(
                $"SELECT DISTINCT time_zone FROM read_csv('{ReferenceFolder}/campaigns.csv', header = true, all_varchar = true) WHERE time_zone IS NOT NULL"
            )
        )
        {
            var rows = named.Rows();
            while (rows.Read())
                zones.Add(rows.GetString(0));
        }

        connection.Execute($"COPY ({ZoneOffsets.Select(zones, first, last)}) TO '{ZoneOffsetsFile}' (HEADER)");
    }
}
