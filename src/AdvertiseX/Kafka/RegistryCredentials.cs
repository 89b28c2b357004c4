using System.Net.Http.Headers;
using System.Text;

namespace AdvertiseX.Kafka;

/// <summary>Who asks a schema registry.</summary>
internal static class RegistryCredentials
{
    /// <summary>What the file of credentials says now, so that credentials that expired can be renewed under a running
    /// process; null without such a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static AuthenticationHeaderValue? Of(RegistryOptions options) =>
        options.CredentialsFile.Length == 0
            ? null
            : new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(File.ReadAllText(options.CredentialsFile).Trim()))
            );
}
