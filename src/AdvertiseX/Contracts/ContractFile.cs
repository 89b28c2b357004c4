using System.Text.Json;
using System.Text.Json.Serialization;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using NodaTime;

namespace AdvertiseX.Contracts;

/// <summary>Reads and checks contracts: JSON files, and the shipped ones inside the assembly.</summary>
public static class ContractFile
{
    private const int MaxSpellings = 32;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter<Feed>(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The contracts that ship with the program, one a feed.</summary>
    public static IReadOnlyList<CompiledContract> Shipped { get; } =
    [.. new[] { "impressions", "clicks-conversions", "bid-requests" }.Select(ReadShipped)];

    /// <summary>Reads a contract file.</summary>
    /// <exception cref="ContractException">There is no such file, it is no contract, or a key of it has a value that is
    /// not allowed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static CompiledContract Read(string path)
    {
        if (!File.Exists(path))
            throw new ContractException($"{path}: no such contract file");
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>The contract of a feed that ships with the program.</summary>
    /// <exception cref="InvalidOperationException">The value is none of the feeds.</exception>
    public static CompiledContract ShippedFor(Feed feed) => Shipped.First(c => c.Feed == feed);

    /// <summary>Parses contract JSON; <paramref name="from"/> is named in errors.</summary>
    /// <exception cref="ContractException">The text is no contract, or a key of it has a value that is not
    /// allowed.</exception>
    public static CompiledContract Parse(string json, string from)
    {
        Contract contract;
        try
        {
            contract =
                JsonSerializer.Deserialize<Contract>(json, Json) ?? throw new ContractException($"{from}: empty");
        }
        catch (JsonException e)
        {
            throw new ContractException($"{from}: {e.Message}");
        }

        Check(contract, from);
        return CompiledContract.Compile(contract);
    }

    internal static string Write(Contract contract) => JsonSerializer.Serialize(contract, Json);

    /// <summary>The text of the shipped contract of a feed.</summary>
    /// <exception cref="InvalidOperationException">The value is none of the feeds.</exception>
    public static string ShippedText(Feed feed) => ResourceText(ShippedFor(feed).Source.Name);

    private static CompiledContract ReadShipped(string name) => Parse(ResourceText(name), $"contracts/{name}.json");

    private static string ResourceText(string name)
    {
        using var stream = typeof(ContractFile).Assembly.GetManifestResourceStream($"contracts/{name}.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Check(Contract contract, string from)
    {
        var known = ContractFields.Of(contract.Feed);
        void Known(string key, string field)
        {
            if (!known.Contains(field))
                throw new ContractException($"{from}: {key} names '{field}'; allowed are {string.Join(", ", known)}");
        }

        foreach (var (field, mapping) in contract.Fields)
        {
            Known("fields", field);
            CheckMapping(contract, from, field, mapping);
        }

        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(contract.Zone) == null)
            throw new ContractException(
                $"{from}: zone is '{contract.Zone}'; allowed are IANA zones such as UTC or Europe/Berlin"
            );
        foreach (var group in contract.Recognise.Has.SelectMany(g => g))
            Known("recognise.has", group);
        foreach (var field in contract.Required.Values.SelectMany(g => g).SelectMany(g => g))
            Known("required", field);
        foreach (var table in contract.Required.Keys)
            if (FactTables.All.All(t => t.Name != table))
                throw new ContractException(
                    $"{from}: required names table '{table}'; allowed are impressions, clicks, conversions, bid_requests"
                );
        foreach (var condition in contract.Where)
            Known("where", condition.Field);
        if (!contract.Fields.ContainsKey("event_time"))
            throw new ContractException($"{from}: fields has no event_time; every event needs a time");
        if (contract.Feed == Feed.ClicksConversions && contract.Kind == null)
            throw new ContractException(
                $"{from}: kind is missing; clicks and conversions need the values that mean a click"
            );
    }

    private static void CheckMapping(Contract contract, string from, string field, FieldMapping mapping)
    {
        if (mapping.From.Count > MaxSpellings)
            throw new ContractException(
                $"{from}: fields.{field}.from has {mapping.From.Count} spellings; at most {MaxSpellings}"
            );
        if (mapping.From.Any(string.IsNullOrWhiteSpace))
            throw new ContractException(
                $"{from}: fields.{field}.from has an empty path; give a header or a dotted path"
            );
        TimeFallbacks.Check(contract, from, field, mapping.Fallback);
        if (mapping.Unit is not (null or "per_event" or "per_mille" or "micros"))
            throw new ContractException(
                $"{from}: fields.{field}.unit is '{mapping.Unit}'; allowed are per_event, per_mille, micros"
            );
        if (mapping.Unit != null && !field.EndsWith("_micros", StringComparison.Ordinal))
            throw new ContractException(
                $"{from}: fields.{field}.unit is '{mapping.Unit}'; only money fields (…_micros) have a unit"
            );
        if (
            mapping.Map.Count > 0
            && ContractFields.ColumnOf(contract.Feed, field)?.Type
                is not (ColumnType.Dictionary or ColumnType.Text or ColumnType.Boolean or null)
        )
            throw new ContractException($"{from}: fields.{field}.map is set; only text and yes/no fields have a map");
    }
}
