using System.IO.Compression;
using AdvertiseX.Compression;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>How bodies may be compressed.</summary>
internal static class ContentEncoding
{
    public const string Zstd = "zstd";

    private const string Allowed = "gzip, zstd, br, deflate";

    // RFC 9659: senders of zstd over HTTP need no more than 8 MB.
    private const int WindowLog = 23;

    /// <summary>The encoding that a request names; null for none.</summary>
    /// <exception cref="CollectorProblem">415: another one, or several.</exception>
    public static string? Of(HttpRequest request)
    {
        var named = request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        return named switch
        {
            "" or "identity" => null,
            "gzip" or "x-gzip" => "gzip",
            Zstd or "br" or "deflate" => named,
            _ => throw CollectorProblem.Unsupported(
                "unknown-encoding",
                $"Content-Encoding is \"{named}\"; allowed: one of {Allowed}, identity",
                ("Accept-Encoding", Allowed)
            ),
        };
    }

    /// <summary>A stream of the decompressed bytes; it throws <see cref="InvalidDataException"/> for damaged or
    /// truncated ones.</summary>
    public static Stream Open(Stream compressed, string encoding) =>
        encoding switch
        {
            "gzip" => Decompression.Open(compressed, CompressionFormat.Gzip),
            Zstd => new ZstdStream(compressed, WindowLog),
            "br" => new BrotliStream(compressed, CompressionMode.Decompress),
            _ => new ZLibStream(compressed, CompressionMode.Decompress),
        };
}
