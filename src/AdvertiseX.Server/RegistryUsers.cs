using System.Security.Cryptography;
using System.Text;
using AdvertiseX.Registry;

namespace AdvertiseX.Server;

/// <summary>Who may ask a schema registry.</summary>
/// <param name="file">A file of user:password, one a line, read anew at each question; empty if everybody
/// may.</param>
internal sealed class RegistryUsers(string file)
{
    private const string Scheme = "Basic ";

    /// <summary>Checks the header Authorization of a request.</summary>
    /// <exception cref="RegistryException">401: it is none of the file's users.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Require(string? authorization)
    {
        if (file.Length == 0)
            return;
        var given = Encoding.UTF8.GetBytes(Given(authorization));
        var found = false;
        // Compared to the end, each by its hash, so that the time tells nothing about a password.
        foreach (var line in File.ReadLines(file))
            if (line.Contains(':', StringComparison.Ordinal))
                found |= CryptographicOperations.FixedTimeEquals(
                    SHA256.HashData(given),
                    SHA256.HashData(Encoding.UTF8.GetBytes(line.Trim()))
                );
        if (!found)
            throw new RegistryException(401, "Unauthorized");
    }

    private static string Given(string? authorization)
    {
        if (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
            return "";
        var bytes = new byte[authorization.Length];
        return Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : "";
    }
}
