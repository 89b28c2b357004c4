using System.Buffers;
using System.Text;
using System.Text.Json;
using AdvertiseX.Cli.Text;
using AdvertiseX.Configuration;

namespace AdvertiseX.Cli.Configuration;

/// <summary>Reads configuration: JSON with comments, sections of keys. Strict: a typing error must not pass for a
/// default.</summary>
internal static class ConfigFile
{
    private const long MaxBytes = 1 << 20;
    private const int ValueShown = 60;
    private const string LakeKey = "lake.path";

    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 16,
    };

    /// <summary>Settings of a file, or the defaults for null.</summary>
    /// <exception cref="UsageException">The file cannot be read or is not JSON, or a key or value is not allowed; the
    /// text names it.</exception>
    public static AdxSettings Read(string? path)
    {
        if (path is null)
            return new AdxSettings();
        var settings = Parse(TextOf(path), path);
        RequireFolder(path, "engine.spill_folder", settings.Engine.SpillDirectory);
        RequireFolder(path, "models.directory", settings.ModelsDirectory);
        return settings;
    }

    /// <summary>Settings of a file's text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="from">What messages call the file.</param>
    /// <exception cref="UsageException">The text is not JSON, or a key or value is not allowed; the text names
    /// it.</exception>
    public static AdxSettings Parse(string json, string from)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Json);
            return Apply(document.RootElement, from);
        }
        catch (JsonException broken)
        {
            throw new UsageException(
                $"{from}: not JSON from line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1} on"
            );
        }
        catch (InvalidOperationException)
        {
            throw new UsageException($"{from}: a text holds half of a surrogate pair (\\ud800 to \\udfff)");
        }
    }

    private static string TextOf(string path)
    {
        if (!File.Exists(path))
            throw new UsageException($"{(path.Length == 0 ? "\"\"" : path)}: no such configuration file");
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new UsageException($"{path}: longer than {MaxBytes} bytes, which is no configuration");
            var bytes = File.ReadAllBytes(path);
            RequireUtf8(path, bytes);
            return Encoding.UTF8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: the configuration cannot be read: {error.Message}");
        }
    }

    private static void RequireUtf8(string path, ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        if (at == bytes.Length)
            return;
        var before = bytes[..at];
        throw new UsageException(
            $"{path}: not UTF-8 at line {before.Count((byte)'\n') + 1}, byte {at - before.LastIndexOf((byte)'\n')}"
        );
    }

    private static void RequireFolder(string from, string key, string folder)
    {
        if (folder.Length > 0 && !Directory.Exists(folder))
            throw new UsageException(
                $"{from}: {key} is \"{Shortened(folder)}\"; allowed: an existing folder, or empty"
            );
    }

    private static AdxSettings Apply(JsonElement root, string from)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new UsageException($"{from}: the configuration is {NameOf(root)}; an object is needed");
        // Nobody else has these settings yet, so they are filled key by key.
        var settings = new AdxSettings();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        List<string> sections = [.. AdxSettings.Keys.Select(option => option.Key!.Split('.')[0]).Distinct()];
        foreach (var section in root.EnumerateObject())
        {
            if (!sections.Contains(section.Name))
                throw new UsageException(
                    $"{from}: unknown section '{Shortened(section.Name)}'; {Meant(section.Name, sections)}"
                );
            if (section.Value.ValueKind != JsonValueKind.Object)
                throw new UsageException(
                    $"{from}: '{section.Name}' is {NameOf(section.Value)}; an object of keys is needed"
                );
            if (!seen.Add(section.Name))
                throw new UsageException($"{from}: the section '{section.Name}' is there twice");
            foreach (var key in section.Value.EnumerateObject())
            {
                var name = $"{section.Name}.{key.Name}";
                var option =
                    AdxSettings.Keys.FirstOrDefault(option => option.Key == name)
                    ?? throw new UsageException($"{from}: unknown key '{Shortened(name)}'; {Meant(name)}");
                var value = Shortened(key.Value.GetRawText());
                if (!values.TryAdd(name, value))
                    throw new UsageException($"{from}: {name} is there twice: {values[name]} and {value}");
                Set(settings, option, key.Value, from);
            }
        }

        return settings;
    }

    private static void Set(AdxSettings settings, OptionDescription option, JsonElement json, string from)
    {
        object? value = json.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
            JsonValueKind.String => TextOf(json, option, from),
            JsonValueKind.Number when json.TryGetInt64(out var whole) => whole,
            JsonValueKind.Number => json.GetDouble(),
            _ => null,
        };
        if (option.TrySet(settings, value))
            return;
        var form = value is double && option.Allows(value) ? ", as a whole number" : "";
        throw new UsageException($"{from}: {option.Complaint(option.Name, Shortened(json.GetRawText()))}{form}");
    }

    private static string TextOf(JsonElement json, OptionDescription option, string from)
    {
        try
        {
            var text = json.GetString()!;
            if (option.Key != LakeKey)
                return text;
            if (text.Length > 0 && string.IsNullOrWhiteSpace(text))
                throw new UsageException($"{from}: {option.Complaint(option.Name, $"\"{text}\"")}");
            // What a shell does with a folder of the command line.
            return text == "~" || text.StartsWith("~/", StringComparison.Ordinal)
                ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), text[1..])
                : text;
        }
        catch (InvalidOperationException)
        {
            throw new UsageException($"{from}: {option.Name} holds half of a surrogate pair (\\ud800 to \\udfff)");
        }
    }

    // The same key may have been put into another section.
    private static string Meant(string name)
    {
        var parts = name.Split('.', 2);
        var keys = AdxSettings.Keys.Select(option => option.Key!).ToList();
        return keys.Find(key => key.EndsWith($".{parts[1]}", StringComparison.Ordinal)) is { } elsewhere
            ? $"did you mean '{elsewhere}'?"
            : Meant(name, keys, [.. keys.Where(key => key.StartsWith($"{parts[0]}.", StringComparison.Ordinal))]);
    }

    private static string Meant(string name, IReadOnlyList<string> known, IReadOnlyList<string>? listed = null) =>
        NearestName.Of(name, known) is { } near
            ? $"did you mean '{near}'?"
            : $"known are {string.Join(", ", listed ?? known)}";

    private static string NameOf(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => "true or false",
        };

    // One line, whatever the file holds.
    private static string Shortened(string text) => ShownText.Of(text, ValueShown);
}
