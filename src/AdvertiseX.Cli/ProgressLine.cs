using System.Globalization;
using AdvertiseX.Cli.Text;

namespace AdvertiseX.Cli;

/// <summary>
/// What a progress bar says: "ingesting ━━━━━━━━━━────────── 50 % 12.3 MB/s 0:41 left". Rates and times are those since
/// the bar appeared, or since the work began to count anew: what came before may have been another phase. Not
/// thread-safe.
/// </summary>
/// <param name="what">What is done, such as "ingesting".</param>
/// <param name="width">Columns of the terminal; the line stays shorter.</param>
internal sealed class ProgressLine(string what, int width)
{
    private const int BarColumns = 20;
    private const int NarrowTerminal = 80;

    private WorkProgress _first;
    private WorkProgress _last;
    private TimeSpan _firstAt;
    private bool _begun;

    /// <summary>The line at a time.</summary>
    /// <param name="now">How far the work is.</param>
    /// <param name="elapsed">Time since the bar appeared.</param>
    public string At(WorkProgress now, TimeSpan elapsed)
    {
        if (!_begun || now.Done < _last.Done || now.Unit != _last.Unit)
            (_first, _firstAt, _begun) = (now, elapsed, true);
        _last = now;
        var seconds = (elapsed - _firstAt).TotalSeconds;
        var rate = seconds > 0 ? (now.Done - _first.Done) / seconds : 0;
        var parts = new List<string> { now.Total > 0 && width >= NarrowTerminal ? $"{what} {Bar(now)}" : what };
        if (now.Total > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{100 * Share(now), 3:0} %"));
        if (now.Ending is { } ending)
            parts.Add(ending);
        else if (rate > 0)
            parts.Add(Rate(rate, now.Unit));
        if (now.Total <= 0)
            parts.Add(Clock(elapsed));
        else if (rate > 0 && now.Ending is null)
            parts.Add($"{Clock(TimeSpan.FromSeconds((now.Total - Math.Min(now.Done, now.Total)) / rate))} left");
        var line = string.Join("  ", parts);
        return line.Length < width ? line : line[..(width - 1)];
    }

    private static double Share(WorkProgress now) => Math.Clamp((double)now.Done / now.Total, 0, 1);

    private static string Bar(WorkProgress now)
    {
        var full = (int)(Share(now) * BarColumns);
        return new string('━', full) + new string('─', BarColumns - full);
    }

    private static string Rate(double rate, string unit) =>
        unit == "bytes" ? $"{Amounts.Bytes((long)rate)}/s" : $"{Amounts.Short((long)rate)} {unit}/s";

    private static string Clock(TimeSpan time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:00}" : $"{time.Minutes}")}:{time.Seconds:00}"
        );
}
