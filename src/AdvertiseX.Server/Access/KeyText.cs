using System.Security.Cryptography;
using System.Text;

namespace AdvertiseX.Server.Access;

/// <summary>A key as its sender has it: adx_ID_SECRET. The secret is 256 random bits, so that one pass of SHA-256 keeps
/// it: what makes hashes of passwords slow protects secrets that can be guessed.</summary>
internal static class KeyText
{
    private const string Prefix = "adx_";
    private const int IdBytes = 8;
    private const int SecretBytes = 32;

    /// <summary>Digits of an id.</summary>
    public const int IdLength = IdBytes * 2;

    /// <summary>Makes the id, the secret's hash and the text of a new key.</summary>
    public static (string Id, byte[] SecretHash, string Text) Make()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        return (id, HashOf(secret), $"{Prefix}{id}_{secret}");
    }

    /// <summary>Whether a text is an id, as a key shows it.</summary>
    public static bool IsId(string text) => text.Length == IdLength && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Reads the id and the hash of the secret.</summary>
    /// <param name="text">What a sender sent.</param>
    /// <returns>Null if it is not the text of a key.</returns>
    public static (string Id, byte[] SecretHash)? Read(string text)
    {
        const int SecretAt = 4 + IdLength + 1;
        if (
            text.Length != SecretAt + (SecretBytes * 2)
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text[SecretAt - 1] != '_'
        )
            return null;
        var id = text[Prefix.Length..(SecretAt - 1)];
        return IsId(id) ? (id, HashOf(text[SecretAt..])) : null;
    }

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
