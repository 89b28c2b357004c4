using System.Text;

namespace AdvertiseX.Generation;

/// <summary>What must become of each campaign's bids, by local date of the campaign's zone: all of them, also invalid
/// ones.</summary>
internal sealed class AuctionTotals(Catalogue catalogue)
{
    private readonly int _days = catalogue.Options.Days + 4;
    private readonly Cell[] _cells = new Cell[catalogue.Campaigns.Length * (catalogue.Options.Days + 4)];

    /// <param name="bid">An accepted request of a campaign that bid.</param>
    /// <param name="won">Null: not known.</param>
    public void AddBid(in ImpressionFact bid, bool? won)
    {
        ref var cell = ref At(bid);
        cell.Bids++;
        cell.BidMicros += bid.BidMicros;
        if (won is not null)
            cell.Known++;
        if (won == true)
            cell.Wins++;
    }

    /// <param name="request">A won request whose impression was accepted, too.</param>
    public void AddShown(in ImpressionFact request) => At(request).Shown++;

    public void Write(string root)
    {
        using var file = new LineFile(
            root,
            _ => "truth/auctions.csv",
            "campaign_id,local_date,currency,bids,known_bids,wins,shown,bid_cpm_micros\n"u8.ToArray(),
            long.MaxValue,
            gzip: false
        );
        foreach (var campaign in catalogue.Campaigns)
        {
            for (var day = 0; day < _days; day++)
            {
                var cell = _cells[campaign.Index * _days + day];
                if (cell.Bids == 0)
                    continue;
                var row =
                    $"{Encoding.UTF8.GetString(campaign.Id)},{campaign.Calendar.DateOf(day):yyyy-MM-dd},"
                    + $"{Encoding.UTF8.GetString(campaign.Currency)},{cell.Bids},{cell.Known},{cell.Wins},{cell.Shown},{cell.BidMicros}\n";
                file.Begin(row.Length * 2).Append(Encoding.UTF8.GetBytes(row));
                file.Commit();
            }
        }
    }

    private ref Cell At(in ImpressionFact request) =>
        ref _cells[request.Campaign * _days + catalogue.Campaigns[request.Campaign].Calendar.DayOf(request.TimeMicros)];

    private struct Cell
    {
        public long Bids;
        public long Known;
        public long Wins;
        public long Shown;
        public long BidMicros;
    }
}
