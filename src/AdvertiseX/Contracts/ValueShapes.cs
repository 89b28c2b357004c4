using System.Net;
using System.Text.RegularExpressions;

namespace AdvertiseX.Contracts;

/// <summary>Tells shapes from values; all values of a field must agree.</summary>
internal static partial class ValueShapes
{
    private static readonly (ValueShape Shape, Func<string, bool> Fits)[] Tests =
    [
        (ValueShape.Time, text => IsoTime().IsMatch(text) || IsEpoch(text)),
        (ValueShape.Boolean, text => text.ToLowerInvariant() is "true" or "false" or "yes" or "no" or "0" or "1"),
        (ValueShape.Integer, text => Integer().IsMatch(text)),
        (ValueShape.Decimal, text => Number().IsMatch(text)),
        (ValueShape.Address, text => text.AsSpan().IndexOfAny('.', ':') > 0 && IPAddress.TryParse(text, out _)),
        (ValueShape.Url, text => Url().IsMatch(text)),
        (ValueShape.UserAgent, text => text.StartsWith("Mozilla/", StringComparison.Ordinal) || Agent().IsMatch(text)),
        (ValueShape.Country, text => text.Length == 2 && text.All(char.IsAsciiLetterUpper)),
        (ValueShape.Currency, text => text.Length == 3 && text.All(char.IsAsciiLetterUpper)),
        (ValueShape.Nested, text => text[0] is '{' or '['),
    ];

    public static ValueShape Of(IReadOnlyList<string> values)
    {
        var present = values.Where(value => value.Length > 0).ToList();
        if (present.Count == 0)
            return ValueShape.None;
        foreach (var (shape, fits) in Tests)
            if (present.All(fits))
                return shape;
        return ValueShape.Text;
    }

    // Seconds, milliseconds or microseconds since 1970, told apart by magnitude as the decoders do.
    private static bool IsEpoch(string text) =>
        text.Length is 10 or 13 or 16 && Integer().IsMatch(text) && text[0] is >= '1' and <= '4'
        || (text.Length is > 11 and < 18 && text[10] == '.' && Number().IsMatch(text));

    [GeneratedRegex(
        @"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex IsoTime();

    [GeneratedRegex(@"^-?\d{1,19}$", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^-?\d{1,19}(\.\d{1,19})?([eE][+-]?\d{1,3})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"^https?://\S+$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Url();

    [GeneratedRegex(@"^[A-Za-z][\w.-]{1,40}/\d[\w.]{0,20}( \(.*|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Agent();
}
