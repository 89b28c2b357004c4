using System.IO.Compression;
using AdvertiseX.Compression;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>How bodies may be compressed.</summary>
internal static class ContentEncoding
{
    private const string Allowed = "gzip, zstd, br, deflate";

    /// <summary>The encoding that a request names; null for none.</summary>
    /// <exception cref="CollectorProblem">415: another one, or several.</exception>
    public static string? Of(HttpRequest request)
    {
        var named = request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        return named switch
        {
            "" or "identity" => null,
            "gzip" or "x-gzip" => "gzip",
            "zstd" or "br" or "deflate" => named,
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
            "zstd" => Decompression.Open(compressed, CompressionFormat.Zstd),
            "br" => new BrotliStream(compressed, CompressionMode.Decompress),
            _ => new ZLibStream(compressed, CompressionMode.Decompress),
        };
}
