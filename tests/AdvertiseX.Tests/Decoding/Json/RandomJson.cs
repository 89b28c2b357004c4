using System.Text;

namespace AdvertiseX.Tests.Decoding.Json;

/// <summary>Seeded JSON records, mostly of one shape, with everything that makes a reader stumble.</summary>
internal sealed class RandomJson(int seed)
{
    private static readonly string[] Keys =
    [
        "impression_id",
        "id",
        "ad_creative_id",
        "campaign_id",
        "user_id",
        "timestamp",
        "website",
        "cost",
        "viewable",
        "country",
        "x",
        "note",
        "Device-Type",
        "device.type",
        "a_campaign_id_with_a_name_of_more_than_thirty_two_bytes",
        "",
        "\\u0069d",
        "k\\\"",
        "targeting",
    ];

    private static readonly string[] Words =
    [
        "a",
        "b c",
        "https:\\/\\/x.example\\/y",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\ud800",
        "\\udc00x",
        "é",
        "😀",
        "\\n",
        "\\\\",
        "\\\"",
        "{",
        "}",
        "[",
        ",",
        new('w', 40),
    ];

    private static readonly string[] Scalars =
    [
        "0",
        "-0",
        "12",
        "1.50",
        "-3e8",
        "2E-3",
        "9007199254740993",
        "true",
        "false",
        "null",
        "01",
        "1.",
        "+1",
        "nul",
        "truex",
    ];

    private readonly Random _random = new(seed);

    public byte[] Record()
    {
        var text = new StringBuilder();
        Object(text, 0, Keys);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Cuts, flips, drops or doubles a few bytes, sometimes.</summary>
    public byte[] Damage(byte[] record)
    {
        var bytes = record.ToList();
        switch (_random.Next(8))
        {
            case 0:
                bytes.RemoveRange(_random.Next(bytes.Count), 0);
                return bytes.GetRange(0, _random.Next(bytes.Count + 1)).ToArray();
            case 1:
                bytes[_random.Next(bytes.Count)] ^= (byte)(1 << _random.Next(8));
                break;
            case 2:
                bytes.RemoveAt(_random.Next(bytes.Count));
                break;
            case 3:
                bytes.Insert(_random.Next(bytes.Count), (byte)"\"\\{}[]:, \t\r\0"[_random.Next(12)]);
                break;
        }

        return [.. bytes];
    }

    private void Object(StringBuilder text, int depth, string[] keys)
    {
        text.Append('{');
        White(text);
        var count = _random.Next(keys.Length);
        var at = _random.Next(3) > 0 ? 0 : _random.Next(keys.Length);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                Comma(text);
            Member(text, depth, keys[(at + i) % keys.Length]);
        }

        White(text);
        text.Append('}');
    }

    private void Member(StringBuilder text, int depth, string key)
    {
        if (depth == 0 && _random.Next(6) == 0)
            key = new[] { "device", "geo", "user", "imp", "ad" }[_random.Next(5)];
        text.Append('"').Append(key).Append('"');
        if (_random.Next(20) == 0)
            text.Append(' ');
        text.Append(':');
        White(text);
        Value(text, depth, key is "device" or "geo" or "user" or "imp" or "ad");
        White(text);
    }

    private void Value(StringBuilder text, int depth, bool branch)
    {
        var kind =
            depth > 4 ? _random.Next(6)
            : branch ? _random.Next(4, 9)
            : _random.Next(8);
        if (kind < 4)
            Text(text);
        else if (kind < 6)
            text.Append(Scalars[_random.Next(_random.Next(4) > 0 ? 10 : Scalars.Length)]);
        else if (kind == 6)
            Array(text, depth);
        else
            Object(text, depth + 1, ["type", "os", "country", "id", "tagid", "creative", "z", "id"]);
    }

    private void Array(StringBuilder text, int depth)
    {
        text.Append('[');
        White(text);
        var count = _random.Next(4);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                Comma(text);
            if (_random.Next(2) == 0)
                Value(text, depth + 1, false);
            else
                Object(text, depth + 1, ["id", "tagid", "type", "country", "z"]);
        }

        White(text);
        text.Append(']');
    }

    private void Text(StringBuilder text)
    {
        text.Append('"');
        for (var i = _random.Next(4); i > 0; i--)
            text.Append(Words[_random.Next(Words.Length)]);
        text.Append('"');
    }

    private void Comma(StringBuilder text)
    {
        text.Append(',');
        White(text);
    }

    private void White(StringBuilder text)
    {
        if (_random.Next(8) == 0)
            text.Append(" \t\r"[_random.Next(3)]);
    }
}
