using AdvertiseX.Generation;

namespace AdvertiseX.Tests.Generation;

public class GeneratedBidRequestTests(GeneratedSet set) : IClassFixture<GeneratedSet>
{
    [Theory]
    [InlineData(BidCodec.None)]
    [InlineData(BidCodec.Snappy)]
    [InlineData(BidCodec.Deflate)]
    public async Task Every_codec_reads_back_with_the_damage_where_it_is_listed(BidCodec codec)
    {
        var options = set.Options with
        {
            OutputDirectory = GeneratedSet.NewFolder(),
            BidCodec = codec,
            Impressions = 5000,
        };
        var summary = await FeedGenerator.GenerateAsync(
            options,
            cancellationToken: TestContext.Current.CancellationToken
        );
        var readers = Read(options.OutputDirectory);
        var notes = Csv.Read(Path.Combine(options.OutputDirectory, "truth/lines.csv"));
        var damaged = notes.Where(note => note["reason"] == "damaged_block").Select(note => long.Parse(note["offset"]));
        Directory.Delete(options.OutputDirectory, recursive: true);

        Assert.Equal(summary.BidRequests.Received - 2, readers.Sum(reader => reader.Bids.Count));
        Assert.Equal(damaged, readers.SelectMany(reader => reader.DamagedBlocks));
    }

    [Fact]
    public void Listed_records_are_what_the_truth_says()
    {
        var seen = new Dictionary<(string, string?, long, string?), ParsedBid>();
        foreach (var bid in Read(set.Options.OutputDirectory).SelectMany(reader => reader.Bids))
        {
            var key = (bid.Auction, bid.User, bid.Time, bid.Placement);
            set.Notes.TryGetValue((bid.File, bid.BlockOffset, bid.Ordinal), out var note);
            switch (note?["reason"] ?? "")
            {
                case "":
                    if (note?["verdict"] == "duplicate")
                        Assert.Equal(seen[key].Raw, bid.Raw);
                    else
                        Assert.True(seen.TryAdd(key, bid), $"{key} is accepted twice");
                    break;
                case "conflicting_duplicate":
                    Assert.NotEqual(seen[key].Raw, bid.Raw);
                    break;
                case "missing_required_field":
                    Assert.Equal("", bid.Auction);
                    break;
                case "from_the_future":
                    Assert.Equal(2099, DateTime.UnixEpoch.AddTicks(bid.Time * 10).Year);
                    break;
                default:
                    Assert.Equal("out_of_range", note!["reason"]);
                    Assert.True(bid.Bid < 0);
                    break;
            }
        }
    }

    [Fact]
    public void Impressions_have_a_won_request_and_others_are_lost()
    {
        var truth = new BruteForceTruth(set);
        var bids = Read(set.Options.OutputDirectory)
            .SelectMany(reader => reader.Bids)
            .Where(bid => bid.Bid >= 0)
            .ToList();
        var won = bids.Where(bid => bid.Won == true).ToLookup(bid => bid.Auction);
        var without = truth.Impressions.Count(view =>
            !won[AuctionOf(view)]
                .Any(bid => bid.User == view.User && bid.Time < view.Time && view.Time - bid.Time < 1_000_000)
        );
        Assert.InRange(without, 0, truth.Impressions.Count / 100);
        Assert.InRange(bids.Count(bid => bid.Won == false), truth.Impressions.Count / 10, truth.Impressions.Count / 4);
        Assert.All(bids, bid => Assert.True(bid.Floor >= 0 && (bid.Clearing ?? 0) <= bid.Bid));
    }

    private static string AuctionOf(ParsedImpression view)
    {
        const string key = "\"auction_id\":\"";
        var start = view.Raw.IndexOf(key, StringComparison.Ordinal) + key.Length;
        return view.Raw.Substring(start, 17);
    }

    private static List<AvroReader> Read(string root) =>
        [
            .. Directory
                .GetFiles(Path.Combine(root, "bid_requests"))
                .Order(StringComparer.Ordinal)
                .Select(path =>
                    new AvroReader($"bid_requests/{Path.GetFileName(path)}", File.ReadAllBytes(path)).Read()
                ),
        ];
}
