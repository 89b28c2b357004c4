using AdvertiseX.Configuration;

namespace AdvertiseX.Server;

/// <summary>How <c>adx serve</c> runs.</summary>
internal sealed record ServeOptions
{
    /// <summary>Address and port on which adx serve listens; one of loop-back, unless the lake has a key (adx keys
    /// create): without, anybody who reaches it may send events. Port 0 for one that is free. --listen beats
    /// it.</summary>
    [Option("an address and port, such as 127.0.0.1:8080", Key = "serve.listen")]
    public string Listen { get; init; } = "127.0.0.1:8080";

    /// <summary>Certificate of adx serve and behind it those between it and the root, PEM; read anew when it changes.
    /// Empty: plain HTTP.</summary>
    [Option("a file", MayBeEmpty = true, Key = "serve.tls_certificate_file")]
    public string TlsCertificateFile { get; init; } = "";

    /// <summary>Key of the certificate, PEM without a password.</summary>
    [Option("a file", MayBeEmpty = true, Key = "serve.tls_key_file")]
    public string TlsKeyFile { get; init; } = "";

    /// <summary>Models are refreshed, the lake compacted and vacuumed this often, if something came; 0 for never.
    /// --models beats it.</summary>
    [Option("seconds", 0, 86_400, Key = "serve.models_seconds")]
    public TimeSpan ModelInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads certificate and key.</summary>
    /// <returns>Null for plain HTTP.</returns>
    /// <exception cref="BadSettingException">They cannot be read, do not fit each other, or one is not
    /// given.</exception>
    public TlsFiles? OpenTls(TimeProvider clock, Action<string?> tell)
    {
        if (TlsCertificateFile.Length == 0 && TlsKeyFile.Length == 0)
            return null;
        if (TlsCertificateFile.Length == 0 || TlsKeyFile.Length == 0)
            throw new BadSettingException(
                $"serve.tls_certificate_file is \"{TlsCertificateFile}\" and serve.tls_key_file \"{TlsKeyFile}\"; allowed: both, or neither"
            );
        return new TlsFiles(TlsCertificateFile, TlsKeyFile, clock, tell);
    }
}
