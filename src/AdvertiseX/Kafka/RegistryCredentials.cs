using System.Net.Http.Headers;
using System.Text;

namespace AdvertiseX.Kafka;

/// <summary>Who asks a schema registry.</summary>
internal static class RegistryCredentials
{
    /// <summary>What the file of credentials says now, so that credentials that expired can be renewed under a running
    /// process; null without such a file.</summary>
    /// <exception cref="HttpRequestException">The file cannot be read, as while it is renewed.</exception>
    public static AuthenticationHeaderValue? Of(RegistryOptions options)
    {
        if (options.CredentialsFile.Length == 0)
            return null;
        try
        {
            var text = File.ReadAllText(options.CredentialsFile).Trim();
            return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new HttpRequestException($"registry.credentials_file cannot be read: {failed.Message}", failed);
        }
    }
}
