namespace AdvertiseX.Generation;

/// <summary>
/// The rules of docs/terms.md for invalid traffic that look at more than one row, with their default limits: counts of
/// a minute, the click kept last. Remembers which touches they made invalid, for those that come back to a touch later.
/// Not thread-safe.
/// </summary>
internal sealed class HasteRules
{
    private const int MaxImpressionsPerMinute = 60;
    private const int MaxClicksPerMinute = 10;
    private const long RepeatedClickMicros = 2_000_000;
    private const long ClickAfterImpressionMicros = 300_000;
    private const long ConversionAfterClickMicros = 1_000_000;

    private readonly Dictionary<int, int> _views = [];
    private readonly Dictionary<int, int> _clicks = [];
    private readonly HashSet<ulong> _invalid = [];

    // Of this minute and the one before: no older click can be too near.
    private Dictionary<(int User, int Campaign), long> _kept = [];
    private Dictionary<(int User, int Campaign), long> _keptBefore = [];

    /// <summary>Counts an accepted event of the running minute.</summary>
    public void Count(int user, TouchKind kind)
    {
        if (user == Catalogue.NoUser)
            return;
        var counts = CountsOf(kind);
        counts[user] = counts.GetValueOrDefault(user) + 1;
    }

    /// <summary>Whether the user did more in the minute than a person does; known when the minute is over.</summary>
    public bool IsTooFast(int user, TouchKind kind) =>
        user != Catalogue.NoUser
        && CountsOf(kind).GetValueOrDefault(user)
            > (kind == TouchKind.View ? MaxImpressionsPerMinute : MaxClicksPerMinute);

    public void Remember(ulong invalidTouch) => _invalid.Add(invalidTouch);

    /// <summary>The touch as it is judged by now.</summary>
    public Touch Judged(in Touch touch) =>
        touch.Invalid || !_invalid.Contains(touch.Id) ? touch : touch with { Invalid = true };

    public static bool IsClickTooSoon(in Touch view, long clickMicros) =>
        clickMicros - view.TimeMicros < ClickAfterImpressionMicros;

    public static bool IsConversionTooSoon(in Touch last, long conversionMicros) =>
        last.Kind == TouchKind.Click && conversionMicros - last.TimeMicros < ConversionAfterClickMicros;

    /// <summary>Whether an otherwise valid click repeats the last one kept; if not, it is kept itself.</summary>
    public bool Repeats(int user, int campaign, long micros)
    {
        if (user == Catalogue.NoUser)
            return false;
        if (
            (_kept.TryGetValue((user, campaign), out var last) || _keptBefore.TryGetValue((user, campaign), out last))
            && micros - last < RepeatedClickMicros
        )
            return true;
        _kept[(user, campaign)] = micros;
        return false;
    }

    public void EndMinute()
    {
        _views.Clear();
        _clicks.Clear();
        (_kept, _keptBefore) = (_keptBefore, _kept);
        _kept.Clear();
    }

    private Dictionary<int, int> CountsOf(TouchKind kind) => kind == TouchKind.View ? _views : _clicks;
}
