using System.Text;

namespace AdvertiseX.Server.Collecting;

/// <summary>The parameters of a query in their order, percent-decoded. What looks like an escape and is none stays as
/// it is written.</summary>
internal sealed class QueryParameters
{
    private readonly List<(string Name, string Value)> _all = [];
    private readonly Dictionary<string, string> _raw = new(StringComparer.Ordinal);

    /// <param name="query">The query as it was sent, with its question mark or without.</param>
    public QueryParameters(string? query)
    {
        foreach (var part in (query ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = at < 0 ? (part, "") : (part[..at], part[(at + 1)..]);
            // As browsers write forms, a plus is a space.
            _all.Add((Text(name.Replace('+', ' ')), Text(value.Replace('+', ' '))));
            if (at >= 0 && Text(name) is { Length: > 0 } plain)
                _raw.TryAdd(plain, value);
        }
    }

    /// <summary>Names and values.</summary>
    public IReadOnlyList<(string Name, string Value)> All => _all;

    /// <summary>The first value of a name; null if it is not there.</summary>
    public string? Find(string name) =>
        _all.Find(each => each.Name == name) is { Name: not null } found ? found.Value : null;

    /// <summary>The first value of a name with nothing but its percent-escapes resolved, a character a byte; null if it
    /// is not there.</summary>
    public string? FindBytes(string name) =>
        _raw.TryGetValue(name, out var value) ? Encoding.Latin1.GetString(Bytes(value)) : null;

    private static string Text(string encoded) => Encoding.UTF8.GetString(Bytes(encoded));

    private static byte[] Bytes(string encoded)
    {
        var bytes = Encoding.UTF8.GetBytes(encoded);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var isEscape =
                bytes[i] == '%'
                && i + 2 < bytes.Length
                && char.IsAsciiHexDigit((char)bytes[i + 1])
                && char.IsAsciiHexDigit((char)bytes[i + 2]);
            bytes[length++] = isEscape ? (byte)((Digit(bytes[i + 1]) << 4) | Digit(bytes[i + 2])) : bytes[i];
            if (isEscape)
                i += 2;
        }

        return bytes[..length];
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
