using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AdvertiseX.Registry;

namespace AdvertiseX.Server;

/// <summary>Who may ask a schema registry.</summary>
/// <param name="file">A file of user:password, one a line, read anew at each question; empty lines and those that begin
/// with # say nothing. An empty name if everybody may.</param>
internal sealed class RegistryUsers(string file)
{
    private const string Scheme = "Basic ";

    /// <summary>Checks the header Authorization of a request.</summary>
    /// <exception cref="RegistryException">401: it is none of the file's users.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public void Require(string? authorization)
    {
        if (file.Length == 0)
            return;
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(Given(authorization)));
        var found = false;
        // Compared to the end, each by its hash, so that the time tells nothing about a password.
        foreach (var line in File.ReadLines(file))
            if (IsUser(line.Trim()))
                found |= CryptographicOperations.FixedTimeEquals(
                    given,
                    SHA256.HashData(Encoding.UTF8.GetBytes(line.Trim()))
                );
        if (!found)
            throw new RegistryException(401, "Unauthorized");
    }

    /// <summary>What in the file an operator may not have meant: a line each, without passwords.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public IReadOnlyList<string> Remarks()
    {
        if (file.Length == 0)
            return [];
        string[] lines = [.. File.ReadLines(file).Select(line => line.Trim())];
        var remarks = lines
            .Select((line, index) => (Line: line, Number: index + 1))
            .Where(each => !SaysNothing(each.Line) && !IsUser(each.Line))
            .Select(each =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"registry.users_file: line {each.Number} lets nobody in: it has no {(each.Line.StartsWith(':') ? "user before its colon" : "colon")}; allowed: user:password, or # and a comment"
                )
            )
            .ToList();
        if (!lines.Any(IsUser))
            remarks.Add("registry.users_file names no user: nobody may ask");
        return remarks;
    }

    private static bool SaysNothing(string line) => line.Length == 0 || line[0] == '#';

    private static bool IsUser(string line) => !SaysNothing(line) && line.IndexOf(':', StringComparison.Ordinal) > 0;

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
