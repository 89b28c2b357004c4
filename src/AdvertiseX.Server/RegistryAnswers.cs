using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AdvertiseX.Registry;

namespace AdvertiseX.Server;

/// <summary>How Confluent's API spells what it answers.</summary>
internal static class RegistryAnswers
{
    public const string ContentType = "application/vnd.schemaregistry.v1+json";

    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Readable schemas; nothing here ends up in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] ToJson(object answer) => JsonSerializer.SerializeToUtf8Bytes(answer, Json);

    public static object Of(SubjectVersion version) =>
        new
        {
            subject = version.Subject,
            version = version.Version,
            id = version.Schema.Id,
            schema = version.Schema.Text,
            deleted = version.IsDeleted ? true : (bool?)null,
        };

    public static object Error(int code, string message) => new { error_code = code, message };

    public static object Level(CompatibilityLevel level) => new { compatibilityLevel = level.NameOf() };

    public static object Compatibility(IReadOnlyList<string> faults, bool verbose) =>
        new { is_compatible = faults.Count == 0, messages = verbose ? faults : null };
}
