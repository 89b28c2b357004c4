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

    /// <summary>Bytes of the longest answer that is read.</summary>
    public const int MostBytes = 8 << 20;

    /// <summary>Makes a client whose answers, with their bodies, take at most ten seconds and
    /// <see cref="MostBytes"/>.</summary>
    public static HttpClient Client() =>
        new() { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = MostBytes };

    /// <summary>What is wrong with a question that failed, in our words where the client's say little.</summary>
    public static string Describe(Exception failed) =>
        failed is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }
            ? $"its answer is longer than {MostBytes >> 20} MiB"
            : failed.Message;

    /// <summary>Reads an answer; one that is not a JSON object of such members says nothing. It is UTF-8, whatever its
    /// header says.</summary>
    public static RegistryAnswer Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<RegistryAnswer>(body.StartsWith("\uFEFF"u8) ? body[3..] : body) ?? new();
        }
        catch (JsonException)
        {
            return new();
        }
    }
}
