using System.Text;

namespace AdvertiseX.Tests.Generation;

/// <summary>A plain reader of RFC 4180 for rows without line ends in fields; shares nothing with the product.</summary>
internal static class Csv
{
    public static List<Dictionary<string, string>> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var header = Fields(lines[0])!;
        return [.. lines.Skip(1).Select(line => Row(header, line)!)];
    }

    /// <summary>Null when the row has not the header's number of fields or an open quote.</summary>
    public static Dictionary<string, string>? Row(IReadOnlyList<string> header, string line)
    {
        var fields = Fields(line);
        return fields?.Count == header.Count
            ? header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second)
            : null;
    }

    public static List<string>? Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return quoted ? null : fields;
    }
}
