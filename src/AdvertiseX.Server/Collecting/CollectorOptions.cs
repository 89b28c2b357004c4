using System.Net;
using AdvertiseX.Configuration;

namespace AdvertiseX.Server.Collecting;

/// <summary>How the HTTP collector takes deliveries.</summary>
internal sealed record CollectorOptions
{
    /// <summary>Longest body of a request, as it is sent and decompressed.</summary>
    [Option("bytes", 1 << 10, 1 << 29, Key = "collector.max_body_bytes")]
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>Bodies of all requests that are being answered take so much memory at most; more are turned away with
    /// 503.</summary>
    [Option("bytes", 1 << 20, 1L << 36, Key = "collector.memory_bytes")]
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>Connections at one time; more are closed.</summary>
    [Option("connections", 1, 1_000_000, Key = "collector.max_connections")]
    public long MaxConnections { get; init; } = 20_000;

    /// <summary>Longest that an answer waits for the lake where the request asks for it (Prefer: wait).</summary>
    [Option("seconds", 1, 600, Key = "collector.max_wait_seconds")]
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);
}
