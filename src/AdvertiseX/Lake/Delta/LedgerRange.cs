using System.Globalization;

namespace AdvertiseX.Lake.Delta;

/// <summary>Ledger versions, from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal sealed record LedgerRange(long First, long Last)
{
    /// <summary>Reads <c>7</c> or <c>7-12</c>; null for anything else.</summary>
    public static LedgerRange? Parse(string? text)
    {
        if (text is null)
            return null;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var (first, last) = dash < 0 ? (text, text) : (text[..dash], text[(dash + 1)..]);
        return
            long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            && from <= to
            ? new(from, to)
            : null;
    }

    /// <summary>The least range that holds all of them; null when one is not known, or there is none.</summary>
    public static LedgerRange? Over(IReadOnlyCollection<LedgerRange?> ranges) =>
        ranges.Count == 0 || ranges.Contains(null)
            ? null
            : new(ranges.Min(range => range!.First), ranges.Max(range => range!.Last));

    public override string ToString() =>
        First == Last
            ? First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
