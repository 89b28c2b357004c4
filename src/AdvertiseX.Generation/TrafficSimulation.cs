namespace AdvertiseX.Generation;

/// <summary>
/// Plays the days minute by minute: sessions begin as the hour and the weekday want it, people see, click and buy.
/// Everything happens in the order of time, so what follows from an event can be told when it happens.
/// </summary>
internal sealed partial class TrafficSimulation
{
    private const long Second = 1_000_000;
    private const long Minute = 60 * Second;
    private const int QuietMinutesAtEnd = 20;
    private const int HastySessionsPerMillion = 1_200;

    /// <summary>Traffic of each hour UTC, in percent of the busiest.</summary>
    private static readonly int[] HourWeights =
    [
        52,
        45,
        40,
        36,
        35,
        38,
        44,
        52,
        60,
        66,
        70,
        74,
        78,
        80,
        82,
        84,
        88,
        92,
        96,
        100,
        98,
        90,
        78,
        64,
    ];

    /// <summary>Traffic of each weekday from Sunday on, in percent.</summary>
    private static readonly int[] WeekdayWeights = [88, 100, 98, 97, 99, 104, 94];

    private readonly Catalogue _catalogue;
    private readonly GeneratorOptions _options;
    private readonly FeedOutput _output;
    private readonly AttributionTruth _truth;
    private readonly DeterministicRandom _random;
    private readonly DeterministicRandom _haste;
    private readonly EventQueue _queue = new();
    private readonly bool[] _inSession;

    // Kept here and not asked of the truth, so that dirt cannot change what people do.
    private readonly long[] _lastView;
    private readonly long[] _lastClick;
    private readonly long _startMicros;
    private readonly long _endMicros;
    private readonly ulong _idBase;
    private ulong _nextId;
    private long _scheduled;
    private long _shown;

    public TrafficSimulation(Catalogue catalogue, FeedOutput output, AttributionTruth truth)
    {
        _catalogue = catalogue;
        _options = catalogue.Options;
        _output = output;
        _truth = truth;
        _random = new DeterministicRandom(_options.Seed);
        _haste = new DeterministicRandom(_options.Seed ^ 0x4A57E);
        _idBase = DeterministicRandom.Mix(_options.Seed + 0x1D5);
        _inSession = new bool[catalogue.UserCount];
        _lastView = new long[catalogue.UserCount];
        _lastClick = new long[catalogue.UserCount];
        _startMicros =
            (_options.Start.ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        _endMicros = _startMicros + _options.Days * 1440 * Minute;
    }

    public void Run(IProgress<GenerationProgress>? progress, CancellationToken cancellationToken)
    {
        var minutes = _options.Days * 1440;
        long total = 0,
            passed = 0;
        for (var minute = 0; minute < minutes; minute++)
            total += WeightOf(minute);
        for (var minute = 0; minute < minutes; minute++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            passed += WeightOf(minute);
            var target = (long)((Int128)_options.Impressions * passed / total);
            var begin = _startMicros + minute * Minute;
            while (_scheduled < target)
                StartSession(begin);
            while (_queue.NextTime < begin + Minute)
                Happen(_queue.Take());
            _truth.EndMinute();
            if (minute % 60 == 59)
                progress?.Report(new GenerationProgress(_shown, _options.Impressions, _output.BytesWritten));
        }
    }

    /// <summary>A lost auction in the last half hour, for records beside the simulation.</summary>
    public ImpressionFact LostAuctionAtEnd()
    {
        var fact = new ImpressionFact
        {
            TimeMicros = _endMicros - 1 - _random.Below((int)(30 * Minute)),
            User = Catalogue.NoUser,
            Profile = (uint)_random.Next(),
            Site = _catalogue.SiteDraw.Draw(_random),
        };
        ChooseAd(ref fact, _catalogue.CampaignDraw.Draw(_random));
        return fact;
    }

    private int WeightOf(int minute)
    {
        if (minute >= _options.Days * 1440 - QuietMinutesAtEnd)
            return 0;
        var weekday = (int)_options.Start.AddDays(minute / 1440).DayOfWeek;
        var hour = minute / 60 % 24;
        // Between two hours the weight moves evenly.
        var part = minute % 60;
        var weight = HourWeights[hour] * (60 - part) + HourWeights[(hour + 1) % 24] * part;
        return weight * WeekdayWeights[weekday];
    }

    private void StartSession(long minuteMicros)
    {
        var user = DrawUser();
        var bot = _catalogue.BotOf(user);
        var length = bot == BotKind.None ? (int)_random.LongTail(1, 5) : 20 + _random.Below(40);
        var hasty = bot == BotKind.None && user != Catalogue.NoUser && _haste.Chance(HastySessionsPerMillion);
        if (hasty)
            length = 80 + _haste.Below(80);
        length = (int)Math.Min(length, _options.Impressions - _scheduled);
        _scheduled += length;
        if (user != Catalogue.NoUser)
            _inSession[user] = true;
        _queue.Add(
            new PendingEvent
            {
                TimeMicros = minuteMicros + Second + _random.Below((int)(59 * Second)),
                Kind = PendingKind.Impression,
                User = user,
                Profile = user == Catalogue.NoUser ? (uint)_random.Next() : _catalogue.ProfileOf(user),
                Site = _catalogue.SiteDraw.Draw(_random),
                Campaign = -1,
                Remaining = length,
                Hasty = hasty,
            }
        );
    }

    /// <summary>A user who is not on some site already; now and then, or when there is none, an unknown
    /// visitor.</summary>
    private int DrawUser()
    {
        if (_random.Below(100) < 4)
            return Catalogue.NoUser;
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var user = _catalogue.UserDraw.Draw(_random);
            if (!_inSession[user])
                return user;
        }

        return Catalogue.NoUser;
    }

    private void Happen(in PendingEvent item)
    {
        switch (item.Kind)
        {
            case PendingKind.Impression:
                ShowImpression(item);
                break;
            case PendingKind.Click:
                Click(item);
                break;
            default:
                Convert(item);
                break;
        }
    }

    /// <summary>Puts something in the future, unless the simulated days end before.</summary>
    private void Schedule(in PendingEvent item)
    {
        if (item.TimeMicros < _endMicros)
            _queue.Add(item);
    }

    private ulong NewId() => DeterministicRandom.Mix(_idBase + _nextId++);
}
