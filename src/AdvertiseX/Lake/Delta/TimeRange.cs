using System.Globalization;
using System.Text.Json;
using AdvertiseX.Columns;

namespace AdvertiseX.Lake.Delta;

/// <summary>Times of a file's rows, from <paramref name="Least"/> to <paramref name="Greatest"/>, both included, micros
/// since 1970 UTC.</summary>
internal sealed record TimeRange(long Least, long Greatest)
{
    /// <summary>Where nothing is known of a file: it may hold any time.</summary>
    public static readonly TimeRange Any = new(long.MinValue, long.MaxValue);

    private const int MicrosDigits = 6;

    public bool Overlaps(long least, long greatest) => Least <= greatest && least <= Greatest;

    /// <summary>What a file's statistics say of a column; <see cref="Any"/> where they do not say it.</summary>
    public static TimeRange Of(string? stats, string column)
    {
        if (stats is null)
            return Any;
        try
        {
            using var document = JsonDocument.Parse(stats);
            return
                TextOf(document.RootElement, "minValues", column) is { } least
                && TextOf(document.RootElement, "maxValues", column) is { } greatest
                && Micros(least, upper: false) is { } from
                && Micros(greatest, upper: true) is { } to
                ? new(from, to)
                : Any;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Statistics are optional: a file whose statistics are broken has none.
            return Any;
        }
    }

    private static string? TextOf(JsonElement stats, string group, string column) =>
        stats.TryGetProperty(group, out var values)
        && values.ValueKind == JsonValueKind.Object
        && values.TryGetProperty(column, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    // Other writers cut times to milliseconds (Delta protocol, "Per-file Statistics"): a greatest one with fewer than
    // six digits may stand for any time of its last digit, a least one is no greater than what it was cut from.
    private static long? Micros(string text, bool upper)
    {
        if (
            !DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
        )
            return null;
        var micros = EpochMicros.Of(time);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var digits =
            dot < 0 ? 0
            : text.AsSpan(dot + 1).IndexOfAnyExceptInRange('0', '9') is var end && end >= 0 ? end
            : text.Length - dot - 1;
        return upper && digits < MicrosDigits
            ? micros + (long)Math.Pow(10, MicrosDigits - Math.Max(digits, 3)) - 1
            : micros;
    }
}
