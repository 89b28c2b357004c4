using AdvertiseX.Configuration;

namespace AdvertiseX.Kafka;

/// <summary>Where Avro schemas of messages are known.</summary>
internal sealed record RegistryOptions
{
    /// <summary>Address of a schema registry with Confluent's API, such as http://localhost:8081; empty for
    /// none.</summary>
    [Option("an address", MayBeEmpty = true, Key = "registry.url")]
    public string Url { get; init; } = "";

    /// <summary>Folder of schemas (*.avsc) that messages may name by fingerprint, as single objects do, beside those
    /// that come with adx. Empty for none.</summary>
    [Option("a folder", MayBeEmpty = true, Key = "registry.schema_folder")]
    public string SchemaFolder { get; init; } = "";

    /// <summary>File that holds user:password for the registry; read anew at each question. Empty for none.</summary>
    [Option("a file", MayBeEmpty = true, Key = "registry.credentials_file")]
    public string CredentialsFile { get; init; } = "";
}
