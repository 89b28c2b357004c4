using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdvertiseX.Kafka;

/// <summary>An answer of a schema registry with Confluent's API; what it does not say is null.</summary>
internal sealed record RegistryAnswer
{
    /// <summary>The code of a registry that has no schema of an id.</summary>
    public const int SchemaNotFound = 40403;

    [JsonPropertyName("id")]
    public uint? Id { get; init; }

    [JsonPropertyName("schema")]
    public string? Schema { get; init; }

    /// <summary>Null for Avro.</summary>
    [JsonPropertyName("schemaType")]
    public string? SchemaType { get; init; }

    [JsonPropertyName("error_code")]
    public int? ErrorCode { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>Reads an answer; one that is not a JSON object of such members says nothing.</summary>
    public static RegistryAnswer Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<RegistryAnswer>(body) ?? new();
        }
        catch (JsonException)
        {
            return new();
        }
    }
}
