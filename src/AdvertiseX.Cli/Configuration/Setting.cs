using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdvertiseX.Cli.Configuration;

/// <summary>One key of a configuration file.</summary>
/// <param name="Key">"section.name".</param>
/// <param name="Meaning">What it does, one sentence.</param>
/// <param name="Allowed">Unit and range.</param>
/// <param name="Read">The value that settings hold, as JSON.</param>
/// <param name="Apply">The settings with a value, or null when it is not allowed.</param>
internal sealed record Setting(
    string Key, string Meaning, string Allowed, Func<AdxSettings, JsonNode> Read, Func<AdxSettings, JsonElement, AdxSettings?> Apply)
{
    public static Setting Whole(
        string key, string meaning, string unit, long least, long most, Func<AdxSettings, long> get, Func<AdxSettings, long, AdxSettings> with) =>
        new(key, meaning, string.Create(CultureInfo.InvariantCulture, $"{unit}, {least} to {most}"), settings => get(settings),
            (settings, json) => json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out long value) && value >= least && value <= most
                ? with(settings, value)
                : null);

    public static Setting Fraction(
        string key, string meaning, double least, double most, Func<AdxSettings, double> get, Func<AdxSettings, double, AdxSettings> with) =>
        new(key, meaning, string.Create(CultureInfo.InvariantCulture, $"number, {least} to {most}"), settings => get(settings),
            (settings, json) => json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out double value) && value >= least && value <= most
                ? with(settings, value)
                : null);

    public static Setting Flag(string key, string meaning, Func<AdxSettings, bool> get, Func<AdxSettings, bool, AdxSettings> with) =>
        new(key, meaning, "true or false", settings => get(settings),
            (settings, json) => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? with(settings, json.GetBoolean()) : null);

    public static Setting Text(
        string key, string meaning, string allowed, Func<AdxSettings, string> get, Func<AdxSettings, string, AdxSettings?> with) =>
        new(key, meaning, allowed, settings => get(settings),
            (settings, json) => json.ValueKind == JsonValueKind.String ? with(settings, json.GetString()!) : null);
}
