namespace AdvertiseX.Generation;

internal sealed partial class TrafficSimulation
{
    private const long Millisecond = 1_000;

    private void ConsiderClick(in ImpressionFact fact, in Touch view, bool hasty)
    {
        var chance = _catalogue.Creatives[fact.Creative].ClicksPerMillion;
        // Of those in haste half click too often as well, and half are betrayed by their impressions alone.
        var inHaste = hasty && _haste.Below(fact.User % 2 == 0 ? 10 : 60) == 0;
        if (!_random.Chance(fact.Bot == BotKind.None ? chance : chance * 3) && !inHaste)
            return;
        var delay = _random.Below(100) switch
        {
            // Beyond every window, or nearly.
            0 => _random.LongTail(20 * 60 * Minute, 1),
            < 6 => _random.LongTail(10 * Minute, 7),
            _ => _random.LongTail(Second / 2, 6),
        };
        // Some click what they cannot have seen.
        var blind = fact.Bot == BotKind.None && fact.User != Catalogue.NoUser && _haste.Below(60) == 0;
        if (blind || hasty)
            delay = (blind ? 20 + _haste.Below(300) : 400 + _haste.Below(400)) * Millisecond;
        var links = _random.Below(1000);
        Schedule(
            new PendingEvent
            {
                TimeMicros = WholeMillisecond(fact.TimeMicros + delay),
                Kind = PendingKind.Click,
                User = fact.User,
                Profile = fact.Profile,
                Site = fact.Site,
                Campaign = fact.Campaign,
                Creative = fact.Creative,
                Cause = view,
                CarriesId = links < 400 || (fact.User == Catalogue.NoUser && links < 700),
                CarriesUnknownId = links >= 995,
                Hasty = blind || hasty,
            }
        );
    }

    private void ConsiderViewConversion(in ImpressionFact fact, in Touch view)
    {
        if (
            fact.User == Catalogue.NoUser
            || fact.Bot != BotKind.None
            || !_random.Chance((int)(_options.ViewConversionRate * 1_000_000))
        )
            return;
        ScheduleConversion(
            fact.User,
            fact.Profile,
            fact.Campaign,
            view,
            _random.LongTail(Minute, 11),
            _random.Below(100) < 25
        );
    }

    private void Click(in PendingEvent item)
    {
        var bot = _catalogue.BotOf(item.User);
        if (bot == BotKind.None && !item.Hasty && IsTooSoonForPerson(item))
            return;
        if (item.User != Catalogue.NoUser)
            _lastClick[item.User] = item.TimeMicros;
        var fact = new ActionFact
        {
            Id = NewId(),
            IsClick = true,
            TimeMicros = item.TimeMicros,
            User = item.User,
            Profile = item.Profile,
            Bot = bot,
            Site = item.Site,
            Campaign = item.Campaign,
            CostMicros = -1,
            Creative = _random.Below(10) < 8 ? item.Creative : -1,
            ImpressionId =
                item.CarriesUnknownId ? NewId()
                : item.CarriesId ? item.Cause.Id
                : 0,
            GivesUserAgent = bot == BotKind.DeclaredAgent || _random.Below(100) < 30,
        };
        if (_catalogue.Campaigns[item.Campaign].Pricing == PricingModel.PerClick)
            fact.CostMicros = 100_000 + _random.Below(200) * 1_000L;
        Touch click;
        if (_output.Write(fact))
            click = _truth.AddClick(fact, item.Cause);
        else
            click = new Touch(
                TouchKind.Click,
                fact.Id,
                fact.TimeMicros,
                fact.Campaign,
                Accepted: false,
                fact.InvalidByRow
            );
        if (bot == BotKind.None && _random.Chance((int)(_options.ConversionRate * 1_000_000)))
            ConvertLater(item, click);
        if (bot == BotKind.None)
            ConsiderSecondClick(item);
    }

    /// <summary>Some click twice, and some of those go on.</summary>
    private void ConsiderSecondClick(in PendingEvent item)
    {
        if (item.User == Catalogue.NoUser || _haste.Below(100) >= (item.Hasty ? 30 : 2))
            return;
        var again = item;
        again.Hasty = true;
        again.TimeMicros += (100 + _haste.Below(2_100)) * Millisecond;
        Schedule(again);
    }

    /// <summary>
    /// People do not click within a blink after an ad appears or twice at once, unless they are meant to. Such a click
    /// comes a little later, so that what the rules for invalid traffic look for is as frequent as it should be.
    /// </summary>
    private bool IsTooSoonForPerson(in PendingEvent item)
    {
        if (item.User == Catalogue.NoUser)
            return false;
        var soonAfterView = item.TimeMicros - _lastView[item.User] < 400 * Millisecond;
        if (!soonAfterView && item.TimeMicros - _lastClick[item.User] >= 3 * Second)
            return false;
        var later = item;
        later.TimeMicros += soonAfterView ? 700 * Millisecond : 4 * Second;
        Schedule(later);
        return true;
    }

    private void ConvertLater(in PendingEvent item, in Touch click)
    {
        var delay = _random.Below(100) switch
        {
            < 60 => _random.LongTail(20 * Second, 7),
            < 85 => _random.LongTail(60 * Minute, 4),
            _ => _random.LongTail(1440 * Minute, 5),
        };
        var hasty = _haste.Below(50) == 0;
        if (hasty)
            delay = (100 + _haste.Below(1_000)) * Millisecond;
        var (user, profile, carries) = (item.User, item.Profile, _random.Below(100) < 25);
        // On another device, or without a known user: only the click's id tells where the conversion came from.
        if (user == Catalogue.NoUser || _random.Below(100) < 4)
        {
            user = _random.Below(4) == 0 ? Catalogue.NoUser : DrawPerson();
            profile = user == Catalogue.NoUser ? profile : _catalogue.ProfileOf(user);
            carries = true;
        }

        ScheduleConversion(user, profile, item.Campaign, click, delay, carries, hasty);
    }

    private void ScheduleConversion(
        int user,
        uint profile,
        int campaign,
        in Touch cause,
        long delay,
        bool carriesId,
        bool hasty = false
    )
    {
        var kind = _random.Below(100) switch
        {
            < 55 => ConversionKind.Purchase,
            < 75 => ConversionKind.Signup,
            < 85 => ConversionKind.Lead,
            _ => ConversionKind.AddToCart,
        };
        var conversion = new PendingEvent
        {
            TimeMicros = WholeMillisecond(cause.TimeMicros + delay),
            Kind = PendingKind.Conversion,
            User = user,
            Profile = profile,
            Campaign = _random.Below(10) == 0 ? Sibling(campaign) : campaign,
            Cause = cause,
            CarriesId = carriesId,
            Conversion = kind,
            Hasty = hasty,
        };
        if (kind == ConversionKind.Purchase)
        {
            conversion.Order = NewId();
            conversion.RevenueMicros = _random.LongTail(900, 6) * 10_000;
        }

        Schedule(conversion);
        if (kind == ConversionKind.Purchase)
            ScheduleAftermath(conversion);
    }

    /// <summary>Some orders are reported twice, some are taken back.</summary>
    private void ScheduleAftermath(PendingEvent purchase)
    {
        purchase.Hasty = false;
        var draw = _random.Below(100);
        if (draw >= 7)
            return;
        if (draw >= 4)
        {
            purchase.Conversion = ConversionKind.Refund;
            purchase.RevenueMicros = -purchase.RevenueMicros;
        }

        purchase.TimeMicros += WholeMillisecond(_random.LongTail(10 * Second, 13));
        Schedule(purchase);
    }

    private void Convert(in PendingEvent item)
    {
        // A conversion within a second of a click would count as invalid.
        if (!item.Hasty && item.User != Catalogue.NoUser && item.TimeMicros - _lastClick[item.User] < 2 * Second)
        {
            var later = item;
            later.TimeMicros += 3 * Second;
            Schedule(later);
            return;
        }

        var carries =
            item.CarriesId
            && item.TimeMicros - item.Cause.TimeMicros
                <= _catalogue.Campaigns[item.Cause.Campaign].WindowOf(item.Cause.Kind);
        var fact = new ActionFact
        {
            Id = NewId(),
            TimeMicros = item.TimeMicros,
            User = item.User,
            Profile = item.Profile,
            Campaign = item.Campaign,
            Creative = -1,
            CostMicros = -1,
            Conversion = item.Conversion,
            Order = item.Order,
            RevenueMicros = item.RevenueMicros,
            ClickId = carries && item.Cause.Kind == TouchKind.Click ? item.Cause.Id : 0,
            ImpressionId = carries && item.Cause.Kind == TouchKind.View ? item.Cause.Id : 0,
        };
        if (_output.Write(fact))
            _truth.AddConversion(fact, carries ? item.Cause : default);
    }

    private int DrawPerson()
    {
        int user;
        do user = _catalogue.UserDraw.Draw(_random);
        while (_catalogue.BotOf(user) != BotKind.None);
        return user;
    }

    /// <summary>Another campaign of the same advertiser, if there is one: conversions are not always tagged
    /// exactly.</summary>
    private int Sibling(int campaign)
    {
        var group = _catalogue.Campaigns[campaign].AttributionGroup;
        for (var step = 1; step < _catalogue.Campaigns.Length; step++)
        {
            var other = (campaign + step) % _catalogue.Campaigns.Length;
            if (_catalogue.Campaigns[other].AttributionGroup == group)
                return other;
        }

        return campaign;
    }

    private static long WholeMillisecond(long micros) => micros / Millisecond * Millisecond;
}
