namespace AdvertiseX.Generation;

/// <summary>
/// Links clicks to impressions and conversions to touches, event by event in the order of time, as docs/terms.md
/// defines it: plain look-backs over the user's accepted events, nothing shared with the models that are checked
/// against it. What happens within a minute is judged when that is over, since a rate is known only then. Not
/// thread-safe.
/// </summary>
internal sealed partial class AttributionTruth : IDisposable
{
    private static readonly TimeSpan LongestClickWindow = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestViewWindow = TimeSpan.FromHours(24);

    private readonly Catalogue _catalogue;
    private readonly UserHistory _views;
    private readonly UserHistory _clicks;
    private readonly LineFile _clickFile;
    private readonly LineFile _conversionFile;
    private readonly CreditFile _credits;
    private readonly HashSet<(int Group, ConversionKind Kind, ulong Order)> _orders = [];
    private readonly Dictionary<ulong, (ActionFact Fact, Touch[] Touches, bool IsValid)> _purchases = [];
    private readonly List<Touch> _touches = [];
    private readonly HasteRules _haste = new();

    public AttributionTruth(Catalogue catalogue, string root)
    {
        _catalogue = catalogue;
        _views = new UserHistory(catalogue.UserCount, LongestViewWindow);
        _clicks = new UserHistory(catalogue.UserCount, LongestClickWindow);
        Totals = new CampaignTotals(catalogue);
        Auctions = new AuctionTotals(catalogue);
        _credits = new CreditFile(root);
        _clickFile = new LineFile(
            root,
            _ => "truth/clicks.csv",
            "click_id,impression_id,match_basis,invalid\n"u8.ToArray(),
            long.MaxValue,
            gzip: false
        );
        _conversionFile = new LineFile(
            root,
            _ => "truth/conversions.csv",
            "conversion_id,touches,last_touch,campaign_id,duplicate_order,invalid\n"u8.ToArray(),
            long.MaxValue,
            gzip: false
        );
    }

    public CampaignTotals Totals { get; }

    public AuctionTotals Auctions { get; }

    private void Judge(in Impression impression)
    {
        var view = impression.View;
        if (!view.Invalid && _haste.IsTooFast(impression.User, TouchKind.View))
        {
            _haste.Remember(view.Id);
            view = view with { Invalid = true };
        }

        if (impression.User != Catalogue.NoUser)
            _views.Add(impression.User, view);
        Totals.AddImpression(view.Campaign, view.TimeMicros, impression.CostMicros, view.Invalid);
    }

    private void JudgeClick(in ActionFact fact, in Touch cause)
    {
        Touch? match;
        if (fact.ImpressionId != 0)
            match = cause.Accepted && cause.Id == fact.ImpressionId ? _haste.Judged(cause) : null;
        else
            match = LatestView(fact.User, fact.Campaign, fact.TimeMicros);
        var invalid = ReasonOf(fact, match);
        var touch = new Touch(TouchKind.Click, fact.Id, fact.TimeMicros, fact.Campaign, true, !invalid.IsEmpty);
        if (touch.Invalid)
            _haste.Remember(touch.Id);
        if (fact.User != Catalogue.NoUser)
            _clicks.Add(fact.User, touch);
        Totals.AddClick(fact.Campaign, fact.TimeMicros, fact.CostMicros, touch.Invalid);

        var buffer = _clickFile.Begin(256);
        buffer.AppendId((byte)'c', fact.Id);
        buffer.Append((byte)',');
        if (match is { } view)
            buffer.AppendId((byte)'i', view.Id);
        buffer.Append(
            match is null ? ",unmatched,"u8
            : fact.ImpressionId != 0 ? ",impression_id,"u8
            : ",user_campaign,"u8
        );
        buffer.Append(invalid);
        buffer.Append((byte)'\n');
        _clickFile.Commit();
    }

    private void JudgeConversion(in ActionFact fact, in Touch carried)
    {
        if (fact.Conversion == ConversionKind.Refund)
        {
            TakeBack(fact);
            return;
        }

        var group = _catalogue.Campaigns[fact.Campaign].AttributionGroup;
        CollectTouches(fact, group, _haste.Judged(carried));
        var tooSoon = _touches.Count > 0 && HasteRules.IsConversionTooSoon(_touches[^1], fact.TimeMicros);
        // Of an order's valid conversions the first counts.
        var duplicateOrder = fact.Order != 0 && !tooSoon && !_orders.Add((group, fact.Conversion, fact.Order));
        Remember(fact, !tooSoon);
        Totals.AddTaggedConversion(fact.Campaign, fact.TimeMicros);
        if (_touches.Count > 0)
        {
            var last = _touches[^1];
            Totals.AddCredit(
                last,
                fact.TimeMicros,
                fact.RevenueMicros,
                _catalogue.IsForeign(fact),
                fact.Conversion,
                !duplicateOrder && !last.Invalid && !tooSoon
            );
        }

        WriteConversion(fact, duplicateOrder, tooSoon);
        _credits.Add(fact, _touches, fact.TimeMicros, millionths: 1_000_000);
    }

    /// <summary>Keeps the conversion that a refund of its order adjusts: the first valid one, else the
    /// first.</summary>
    private void Remember(in ActionFact fact, bool isValid)
    {
        if (fact.Order == 0 || (_purchases.TryGetValue(fact.Order, out var known) && (known.IsValid || !isValid)))
            return;
        _purchases[fact.Order] = (fact, [.. _touches], isValid);
    }

    /// <summary>A refund, divided as its purchase was; one whose purchase was lost belongs to nothing.</summary>
    private void TakeBack(in ActionFact refund)
    {
        if (!_purchases.TryGetValue(refund.Order, out var purchase) || purchase.Touches.Length == 0)
            return;
        Totals.TakeBack(
            purchase.Touches[^1],
            refund.TimeMicros,
            refund.RevenueMicros!.Value,
            _catalogue.IsForeign(refund)
        );
        _credits.Add(refund, purchase.Touches, purchase.Fact.TimeMicros, millionths: 0);
    }

    public void Dispose()
    {
        _clickFile.Dispose();
        _conversionFile.Dispose();
        _credits.Dispose();
    }

    private ReadOnlySpan<byte> ReasonOf(in ActionFact click, Touch? match)
    {
        if (click.InvalidByRow)
            return BotText(click);
        if (_haste.IsTooFast(click.User, TouchKind.Click))
            return "click_rate"u8;
        if (match is { Invalid: true })
            return "invalid_impression"u8;
        if (match is { } view && HasteRules.IsClickTooSoon(view, click.TimeMicros))
            return "click_too_soon"u8;
        return _haste.Repeats(click.User, click.Campaign, click.TimeMicros) ? "repeated_click"u8 : ""u8;
    }

    private static ReadOnlySpan<byte> BotText(in ActionFact fact) =>
        fact.Bot == BotKind.DataCentre ? "data_centre"u8
        : DevicesAndPlaces.IsBrowserLike(fact.Profile) ? "declared_bot"u8
        : "non_browser_agent"u8;

    /// <summary>The latest view of the campaign within its click window; at the same time the smallest id.</summary>
    private Touch? LatestView(int user, int campaign, long now)
    {
        var window = _catalogue.Campaigns[campaign].ClickWindowMicros;
        Touch? best = null;
        var position = _views.Newest(user);
        while (_views.TryGet(ref position, out var view) && now - view.TimeMicros <= window)
        {
            if (best is { } found && view.TimeMicros < found.TimeMicros)
                break;
            if (view.Campaign == campaign && (best is not { } other || view.Id < other.Id))
                best = view;
        }

        return best;
    }

    /// <summary>Fills the eligible touches in their order: all clicks, or if there is none all views.</summary>
    private void CollectTouches(in ActionFact fact, int group, in Touch carried)
    {
        _touches.Clear();
        foreach (var kind in (ReadOnlySpan<TouchKind>)[TouchKind.Click, TouchKind.View])
        {
            if (_touches.Count > 0)
                break;
            Collect(kind, fact.User, group, fact.TimeMicros);
            var id = carried.Id;
            if (carried.Accepted && carried.Kind == kind && !_touches.Exists(touch => touch.Id == id))
                _touches.Add(carried);
        }

        _touches.Sort(
            static (a, b) => a.TimeMicros != b.TimeMicros ? a.TimeMicros.CompareTo(b.TimeMicros) : b.Id.CompareTo(a.Id)
        );
    }

    private void Collect(TouchKind kind, int user, int group, long now)
    {
        var history = kind == TouchKind.Click ? _clicks : _views;
        var position = history.Newest(user);
        while (history.TryGet(ref position, out var touch))
        {
            var campaign = _catalogue.Campaigns[touch.Campaign];
            if (campaign.AttributionGroup == group && now - touch.TimeMicros <= campaign.WindowOf(kind))
                _touches.Add(touch);
        }
    }

    private void WriteConversion(in ActionFact fact, bool duplicateOrder, bool tooSoon)
    {
        var buffer = _conversionFile.Begin(256 + _touches.Count * 32);
        buffer.AppendId((byte)'v', fact.Id);
        var separator = (byte)',';
        foreach (var touch in _touches)
        {
            buffer.Append(separator);
            buffer.Append(touch.Kind == TouchKind.Click ? "click:"u8 : "view:"u8);
            buffer.AppendId(touch.Letter, touch.Id);
            separator = (byte)'|';
        }

        buffer.Append(_touches.Count == 0 ? ",,"u8 : ","u8);
        if (_touches.Count > 0)
            buffer.AppendId(_touches[^1].Letter, _touches[^1].Id);
        buffer.Append((byte)',');
        if (_touches.Count > 0)
            buffer.Append(_catalogue.Campaigns[_touches[^1].Campaign].Id);
        buffer.Append(duplicateOrder ? ",1,"u8 : ",0,"u8);
        buffer.Append(tooSoon ? "conversion_too_soon\n"u8 : "\n"u8);
        _conversionFile.Commit();
    }
}
