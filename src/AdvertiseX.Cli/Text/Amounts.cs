using System.Globalization;

namespace AdvertiseX.Cli.Text;

/// <summary>Numbers for people. Data for programs is never rounded.</summary>
internal static class Amounts
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>"12,345".</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"950", "12.3 k", "4.5 M".</summary>
    public static string Short(long value) =>
        value switch
        {
            < 1_000 => value.ToString(CultureInfo.InvariantCulture),
            < 1_000_000 => (value / 1e3).ToString("0.# k", CultureInfo.InvariantCulture),
            _ => (value / 1e6).ToString("0.## M", CultureInfo.InvariantCulture),
        };

    /// <summary>"12.3 MB", decimal units.</summary>
    public static string Bytes(long value)
    {
        double amount = value;
        var unit = 0;
        while (amount >= 1000 && unit < Units.Length - 1)
        {
            amount /= 1000;
            unit++;
        }

        return amount.ToString(unit == 0 ? "0" : "0.#", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>"0.42 s", "12.3 s", "3 min 20 s", "5 h 7 min", "998 days".</summary>
    public static string Duration(TimeSpan time) =>
        time.TotalSeconds switch
        {
            < 10 => time.TotalSeconds.ToString("0.00 s", CultureInfo.InvariantCulture),
            < 120 => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
            < 2 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
            < 2 * 86_400 => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} days"),
        };
}
