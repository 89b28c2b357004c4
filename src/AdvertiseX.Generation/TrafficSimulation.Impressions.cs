namespace AdvertiseX.Generation;

internal sealed partial class TrafficSimulation
{
    private void ShowImpression(in PendingEvent item)
    {
        _shown++;
        var bot = _catalogue.BotOf(item.User);
        var fact = new ImpressionFact
        {
            TimeMicros = item.TimeMicros,
            User = item.User,
            Profile = item.Profile,
            Bot = bot,
            Site = item.Site,
        };
        // People are shown what they were shown before: that gives users with many touches of one campaign.
        var again = item.Campaign >= 0 && _random.Below(100) < 35;
        ChooseAd(ref fact, again ? item.Campaign : _catalogue.CampaignDraw.Draw(_random));
        DrawView(ref fact);
        var request = fact;
        request.TimeMicros -= 40_000 + _random.Below(260_000);
        var won = WriteBid(request, won: true);
        WriteLostAuctions(request);
        if (item.User != Catalogue.NoUser)
            _lastView[item.User] = item.TimeMicros;
        var accepted = _output.Write(fact);
        var view = new Touch(TouchKind.View, fact.Id, fact.TimeMicros, fact.Campaign, accepted, bot != BotKind.None);
        if (accepted)
            _truth.AddImpression(fact, view);
        if (accepted && won)
            _truth.Auctions.AddShown(request);
        ConsiderClick(fact, view, item.Hasty);
        ConsiderViewConversion(fact, view);
        ContinueSession(item, fact.Campaign, bot);
    }

    private void ChooseAd(ref ImpressionFact fact, int campaignIndex)
    {
        var campaign = _catalogue.Campaigns[campaignIndex];
        fact.Id = NewId();
        fact.Auction = NewId();
        fact.Campaign = campaignIndex;
        fact.Creative =
            campaign.FirstCreative
            + Math.Min(_random.Below(campaign.CreativeCount), _random.Below(campaign.CreativeCount));
        var bits = _random.Next();
        fact.Placement = (int)(bits & 3);
        fact.Page = (int)((bits >> 2) & 1023);
        // Cost per event in micros is the clearing price per mille in thousandths.
        fact.CostMicros = campaign.PriceLevel * (500 + (long)((bits >> 12) & 1023)) / 1000;
        fact.BidMicros = fact.CostMicros * (1000 + (long)((bits >> 22) & 511));
        fact.FloorMicros = fact.CostMicros * (300 + (long)((bits >> 31) & 511));
    }

    private void DrawView(ref ImpressionFact fact)
    {
        var campaign = _catalogue.Campaigns[fact.Campaign];
        var bits = _random.Next();
        fact.Measurable = bits % 100 < 94;
        var viewable = (bits >> 8) % 100 < 62;
        var longLook = ((bits >> 28) & 7) == 0 ? (bits >> 31) & 16383 : 0;
        fact.ViewMilliseconds = viewable ? (int)(1000 + ((bits >> 16) & 4095) + longLook) : -1;
        fact.OmitsCampaign = campaign.Described && (bits >> 45) % 64 == 0;
        fact.OmitsCurrency = campaign.Described && (bits >> 51) % 4 != 0;
        if (campaign.Pricing != PricingModel.None && (bits >> 54) % 64 == 0)
            fact.CostMicros = -1;
    }

    private bool WriteBid(in ImpressionFact request, bool? won)
    {
        var accepted = _output.WriteBid(request, won, bid: true);
        if (accepted)
            _truth.Auctions.AddBid(request, won);
        return accepted;
    }

    private void WriteLostAuctions(in ImpressionFact request)
    {
        var chance = (int)(_options.LostAuctionRate * 1_000_000);
        for (var more = 1; chance > 0; chance -= 1_000_000, more++)
        {
            if (_random.Chance(chance))
                WriteLostAuction(request, more);
        }
    }

    private void WriteLostAuction(in ImpressionFact near, int placeStep)
    {
        var request = near;
        var place = request.Placement;
        ChooseAd(ref request, _catalogue.CampaignDraw.Draw(_random));
        switch (_random.Below(100))
        {
            case < 5:
                // Another place on the same page: the same auction, a request of its own.
                request.Auction = near.Auction;
                request.Placement = (place + placeStep) & 3;
                WriteBid(request, won: false);
                break;
            case < 15:
                WriteBid(request, won: null);
                break;
            case < 30:
                _output.WriteBid(request, won: false, bid: false);
                break;
            case < 32:
                // Won, but nothing was shown.
                WriteBid(request, won: true);
                break;
            default:
                WriteBid(request, won: false);
                break;
        }
    }

    private void ContinueSession(in PendingEvent item, int campaign, BotKind bot)
    {
        if (item.Remaining <= 1)
        {
            if (item.User != Catalogue.NoUser)
                _inSession[item.User] = false;
            return;
        }

        var gap =
            item.Hasty ? (150 + _haste.Below(350)) * Millisecond
            : bot == BotKind.None ? _random.LongTail(2 * Second, 5)
            : Second + _random.Below((int)(2 * Second));
        var next = item;
        next.Remaining--;
        next.Campaign = campaign;
        next.TimeMicros += Math.Min(gap, (_endMicros - item.TimeMicros) / (item.Remaining + 1));
        if (_random.Below(100) < 15)
            next.Site = _catalogue.SiteDraw.Draw(_random);
        _queue.Add(next);
    }
}
