using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdvertiseX.Cli.Configuration;

/// <summary>Reads configuration: JSON with comments, sections of keys. Strict: a typing error must not pass for a default.</summary>
internal static class ConfigFile
{
    private const long MaxBytes = 1 << 20;

    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 16,
    };

    /// <summary>Settings of a file, or the defaults for null.</summary>
    /// <exception cref="UsageException">The file is not there or no JSON, or a key or value is not allowed; the text names it.</exception>
    public static AdxSettings Read(string? path)
    {
        if (path is null) return new AdxSettings();
        if (!File.Exists(path)) throw new UsageException($"{path}: no such configuration file");
        if (new FileInfo(path).Length > MaxBytes) throw new UsageException($"{path}: longer than {MaxBytes} bytes");
        return Parse(File.ReadAllText(path), path);
    }

    public static AdxSettings Parse(string json, string from)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Json);
            return Apply(document.RootElement, from);
        }
        catch (JsonException broken)
        {
            throw new UsageException($"{from}: no JSON: {broken.Message}");
        }
    }

    /// <summary>A file with every key at its default, each explained.</summary>
    public static string Reference()
    {
        var text = new StringBuilder("// Every key of an adx configuration, with its default. Written by ./build.sh docs.\n{\n");
        var defaults = new AdxSettings();
        var sections = Settings.All.GroupBy(setting => setting.Key.Split('.')[0]).ToList();
        foreach (var section in sections)
        {
            text.Append("  \"").Append(section.Key).Append("\": {\n");
            var keys = section.ToList();
            foreach (var setting in keys)
            {
                JsonNode value = setting.Read(defaults);
                text.Append("    // ").Append(setting.Meaning).Append(" (").Append(setting.Allowed).Append(")\n");
                text.Append("    \"").Append(setting.Key.Split('.')[1]).Append("\": ").Append(value.ToJsonString());
                text.Append(setting == keys[^1] ? "\n" : ",\n");
            }

            text.Append(section == sections[^1] ? "  }\n" : "  },\n");
        }

        return text.Append("}\n").ToString();
    }

    private static AdxSettings Apply(JsonElement root, string from)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new UsageException($"{from}: the configuration is {root.ValueKind}; an object is needed");
        var settings = new AdxSettings();
        foreach (var section in root.EnumerateObject())
        {
            var known = Settings.All.Where(setting => setting.Key.StartsWith(section.Name + ".", StringComparison.Ordinal)).ToList();
            if (known.Count == 0) throw new UsageException($"{from}: unknown section '{section.Name}'; allowed are {Join(Settings.All.Select(s => s.Key.Split('.')[0]))}");
            if (section.Value.ValueKind != JsonValueKind.Object) throw new UsageException($"{from}: '{section.Name}' must be an object of keys");
            foreach (var key in section.Value.EnumerateObject())
            {
                string name = $"{section.Name}.{key.Name}";
                var setting = known.Find(candidate => candidate.Key == name)
                    ?? throw new UsageException($"{from}: unknown key '{name}'; allowed are {Join(known.Select(s => s.Key))}");
                settings = setting.Apply(settings, key.Value)
                    ?? throw new UsageException($"{from}: {name} is {Shortened(key.Value.GetRawText())}; allowed: {setting.Allowed}");
            }
        }

        return settings;
    }

    private static string Join(IEnumerable<string> names) => string.Join(", ", names.Distinct());

    private static string Shortened(string value) => value.Length > 60 ? value[..60] + "…" : value;
}
