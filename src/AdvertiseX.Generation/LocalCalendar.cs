using NodaTime;

namespace AdvertiseX.Generation;

/// <summary>Local dates of instants in one zone over a bounded range, with days of 23 and 25 hours.</summary>
internal sealed class LocalCalendar
{
    private const long MicrosPerDay = 86_400_000_000;
    private readonly long[] _dayStarts;
    private readonly DateOnly _firstDate;

    /// <param name="zone">An IANA name of NodaTime's own tables, so that no machine's tables matter.</param>
    /// <param name="first">The first date that can be asked for.</param>
    /// <param name="days">How many dates.</param>
    public LocalCalendar(string zone, DateOnly first, int days)
    {
        _firstDate = first;
        _dayStarts = new long[days + 1];
        var rules = DateTimeZoneProviders.Tzdb[zone];
        for (var i = 0; i <= days; i++)
        {
            var date = LocalDate.FromDateOnly(first.AddDays(i));
            _dayStarts[i] = rules.AtStartOfDay(date).ToInstant().ToUnixTimeTicks() / 10;
        }
    }

    /// <summary>Number of the local date, counted from the first one.</summary>
    public int DayOf(long micros)
    {
        var day = (int)Math.Clamp((micros - _dayStarts[0]) / MicrosPerDay, 0, _dayStarts.Length - 2);
        while (micros < _dayStarts[day])
            day--;
        while (micros >= _dayStarts[day + 1])
            day++;
        return day;
    }

    public DateOnly DateOf(int day) => _firstDate.AddDays(day);

    /// <summary>The instant at which a local date starts.</summary>
    public long StartOf(int day) => _dayStarts[day];
}
