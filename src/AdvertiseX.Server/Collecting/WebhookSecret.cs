using System.Text;

namespace AdvertiseX.Server.Collecting;

/// <summary>Where the secret of a webhook is. It is read anew for each delivery, so that it can be changed while the
/// server runs. Thread-safe.</summary>
/// <param name="Variable">A variable of the environment; null for a file.</param>
/// <param name="File">A file, one secret a line: while one takes over from another both count.</param>
/// <param name="IsBase64">Whether it is written in base64, perhaps behind whsec_.</param>
internal sealed record WebhookSecret(string? Variable, string? File, bool IsBase64)
{
    private const string StandardPrefix = "whsec_";

    /// <summary>The secrets that count.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public IReadOnlyList<byte[]> Read()
    {
        var texts = Variable is not null
            ? new[] { Environment.GetEnvironmentVariable(Variable) ?? "" }
            : System.IO.File.ReadAllLines(File!);
        List<byte[]> secrets = [.. texts.Select(text => text.Trim()).Where(text => text.Length > 0).Select(BytesOf)];
        return secrets.Count > 0
            ? secrets
            : throw new IOException(
                Variable is not null
                    ? $"the variable {Variable}, which holds a webhook's secret, is not set"
                    : $"{File}, which holds a webhook's secret, is empty"
            );
    }

    private byte[] BytesOf(string text)
    {
        if (!IsBase64)
            return Encoding.UTF8.GetBytes(text);
        try
        {
            return Convert.FromBase64String(
                text.StartsWith(StandardPrefix, StringComparison.Ordinal) ? text[StandardPrefix.Length..] : text
            );
        }
        catch (FormatException)
        {
            throw new IOException($"{Variable ?? File}, which holds a webhook's secret, is not base64");
        }
    }
}
