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

    /// <summary>What is wrong with <see cref="Url"/>, with its key and what is allowed, and without a password that it
    /// holds; null if nothing is.</summary>
    public string? Complaint =>
        Url.Contains('@', StringComparison.Ordinal)
            ? "registry.url holds a user or password; allowed: an address without them, and user:password in the file that registry.credentials_file names"
        : Url.Length == 0 || IsAddress(Url) ? null
        : $"registry.url is \"{Url}\"; allowed: an http or https address with a host, such as http://localhost:8081";

    private static bool IsAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address is { Host.Length: > 0, Query.Length: 0, Fragment.Length: 0 };
}
