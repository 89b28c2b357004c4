using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AdvertiseX.Contracts;

/// <summary>A draft as a contract file with comments, which <see cref="ContractFile"/> reads.</summary>
internal static class DraftText
{
    private const int ValuesShown = 3;
    private const int ValueLength = 40;

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(ContractDraft draft, string source)
    {
        var contract = draft.Contract;
        var text = new StringBuilder();
        text.Append($"// Drafted from {OneLine(source)}. Check what is marked as a guess.\n{{\n");
        text.Append($"  \"name\": {Of(contract.Name)},\n  \"feed\": {Of(Events.FeedNames.Of(contract.Feed))},\n");
        text.Append($"  \"recognise\": {{ \"has\": {Of(contract.Recognise.Has)} }},\n");
        // The zone is written out so that whoever has local times sees where to say so.
        text.Append("  // Zone of times that carry none (IANA name).\n");
        text.Append($"  \"zone\": {Of(contract.Zone)},\n");
        if (contract.Explode is { } array)
            text.Append($"  \"explode\": {Of(array)},\n");
        if (contract.Kind is { } kind)
            WriteKind(text, draft, kind);
        WriteFields(text, draft);
        text.Append($"  \"required\": {Of(contract.Required)}\n}}\n");
        return text.ToString();
    }

    private static void WriteKind(StringBuilder text, ContractDraft draft, KindRule kind)
    {
        var seen = draft
            .Fields.FirstOrDefault(field => field.Field == ContractFields.Kind)
            ?.Sources.SelectMany(source => source.Values)
            .Distinct()
            .ToList();
        if (seen is { Count: > 0 })
            text.Append(
                $"  // Values seen: {string.Join(", ", seen.Take(20).Select(OneLine))}. What is neither click nor unknown is a conversion of that type.\n"
            );
        text.Append($"  \"kind\": {{ \"click\": {Of(kind.Click)}, \"unknown\": {Of(kind.Unknown)} }},\n");
    }

    private static void WriteFields(StringBuilder text, ContractDraft draft)
    {
        text.Append("  \"fields\": {\n");
        if (draft.TimeFromFile is { } date)
        {
            text.Append($"    // No field looks like a time; the file's name tells a day, {date:yyyy-MM-dd}.\n");
            var comma = draft.Fields.Count > 0 ? "," : "";
            text.Append($"    \"event_time\": {{ \"fallback\": [{Of(TimeFallbacks.FileDate)}] }}{comma}\n");
        }

        for (var i = 0; i < draft.Fields.Count; i++)
        {
            var field = draft.Fields[i];
            if (field.Basis == DraftBasis.Guessed)
                text.Append($"    // A guess, by name and values: {Examples(field.Sources[0])}\n");
            var unit = field.Unit is null ? "" : $", \"unit\": {Of(field.Unit)}";
            var comma = i + 1 < draft.Fields.Count ? "," : "";
            text.Append(
                $"    {Of(field.Field)}: {{ \"from\": {Of(field.Sources.Select(source => source.Path))}{unit} }}{comma}\n"
            );
        }

        if (draft.Unmapped.Count > 0)
            text.Append("    // Not mapped, kept in the column extra:\n");
        foreach (var source in draft.Unmapped)
            text.Append(
                $"    //   {OneLine(source.Path)} ({source.Shape.ToString().ToLowerInvariant()}) {Examples(source)}\n"
            );
        text.Append("  },\n");
    }

    private static string Examples(SampledField source) =>
        source.Values.Count == 0
            ? "no value seen"
            : string.Join(", ", source.Values.Distinct().Take(ValuesShown).Select(value => $"\"{OneLine(value)}\""));

    // A line comment must stay one line, whatever the source holds.
    private static string OneLine(string value)
    {
        var plain = string.Concat(value.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
        return plain.Length > ValueLength && !plain.Contains('/') ? plain[..ValueLength] + "…"
            : plain.Length > 200 ? plain[..200] + "…"
            : plain;
    }

    private static string Of<T>(T value) => JsonSerializer.Serialize(value, Json);
}
