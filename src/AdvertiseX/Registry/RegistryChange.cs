using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdvertiseX.Registry;

/// <summary>One change of a registry: an object of its log. Which members are set, the kind says.</summary>
internal sealed record RegistryChange
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Readable schemas; nothing here ends up in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public required RegistryChangeKind Kind { get; init; }

    /// <summary>Of this change alone: tells a writer whether an object that it finds is its own.</summary>
    public Guid ChangeId { get; init; } = Guid.NewGuid();

    public DateTimeOffset Time { get; init; }

    /// <summary>Null where a level is that of the whole registry.</summary>
    public string? Subject { get; init; }

    /// <summary>The version that is registered or deleted; null where all of the subject are.</summary>
    public int? Version { get; init; }

    /// <summary>Whether a deletion is for good.</summary>
    public bool? Permanent { get; init; }

    /// <summary>Id of a schema that is registered.</summary>
    public int? Id { get; init; }

    /// <summary>Text of a schema that is registered.</summary>
    public string? Schema { get; init; }

    /// <summary>The new level; null: the one above counts again.</summary>
    public CompatibilityLevel? Level { get; init; }

    private bool IsWhole =>
        Kind switch
        {
            RegistryChangeKind.Register => (Subject, Version, Id, Schema) is (not null, > 0, > 0, not null),
            RegistryChangeKind.Delete => (Subject, Permanent) is (not null, not null),
            _ => true,
        };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="IOException">The object is not a change.</exception>
    public static RegistryChange Read(ReadOnlySpan<byte> json, string key)
    {
        try
        {
            return JsonSerializer.Deserialize<RegistryChange>(json, Json) is { IsWhole: true } change
                ? change
                : throw new JsonException("a member is missing");
        }
        catch (JsonException broken)
        {
            throw new IOException($"{key} is not a change of a schema registry: {broken.Message}", broken);
        }
    }
}
