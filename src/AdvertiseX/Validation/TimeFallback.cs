using AdvertiseX.Contracts;
using NodaTime;

namespace AdvertiseX.Validation;

/// <summary>The time of events that have none, for one stream, as its contract allows. Immutable.</summary>
internal sealed class TimeFallback
{
    private readonly (bool NeedsOwnId, long Micros)[] _choices;

    private TimeFallback((bool, long)[] choices, byte[] expected)
    {
        _choices = choices;
        Expected = expected;
    }

    /// <summary>What a rejected event would have needed.</summary>
    public byte[] Expected { get; }

    /// <summary>The fall-back of a stream, or null where its contract names none.</summary>
    public static TimeFallback? For(Contract contract, StreamContext stream)
    {
        var named = contract.Fields["event_time"].Fallback;
        if (named.Count == 0)
            return null;
        var choices = new List<(bool, long)>();
        var expected = "a time";
        foreach (var name in named)
        {
            if (name == TimeFallbacks.ReceivedTime)
            {
                choices.Add((true, stream.ReceivedMicros));
                expected += ", or an id of its own";
            }
            else
            {
                if (stream.FileDate is { } date)
                    choices.Add((false, StartOf(date, contract.Zone)));
                else
                    expected += ", or a date in the file's name";
            }
        }

        return new TimeFallback([.. choices], System.Text.Encoding.UTF8.GetBytes(expected));
    }

    /// <summary>The first choice that an event may take.</summary>
    /// <param name="hasOwnId">Whether the event has an id that its feed gave.</param>
    /// <param name="micros">Micros since 1970 UTC.</param>
    public bool TryTime(bool hasOwnId, out long micros)
    {
        foreach (var (needsOwnId, time) in _choices)
        {
            if (needsOwnId && !hasOwnId)
                continue;
            micros = time;
            return true;
        }

        micros = 0;
        return false;
    }

    // Where summer time begins at midnight, the day begins later.
    private static long StartOf(DateOnly date, string zone) =>
        DateTimeZoneProviders
            .Tzdb[zone]
            .AtStartOfDay(new LocalDate(date.Year, date.Month, date.Day))
            .ToInstant()
            .ToUnixTimeTicks() / 10;
}
