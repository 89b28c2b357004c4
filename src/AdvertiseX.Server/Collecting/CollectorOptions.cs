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

    /// <summary>Requests that are answered at one time, those among them that wait for the lake; more are turned away
    /// with 503.</summary>
    [Option("requests", 1, 1_000_000, Key = "collector.max_requests")]
    public int MaxRequests { get; init; } = 12_000;

    /// <summary>Connections at one time; more are closed.</summary>
    [Option("connections", 1, 1_000_000, Key = "collector.max_connections")]
    public long MaxConnections { get; init; } = 20_000;

    /// <summary>Longest that an answer waits for the lake where the request asks for it (Prefer: wait).</summary>
    [Option("seconds", 1, 600, Key = "collector.max_wait_seconds")]
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A body that is longer, decompressed, gets no verdict on each of its events, and no answer that waits
    /// for the lake.</summary>
    [Option("bytes", 0, 1 << 26, Key = "collector.max_verdict_bytes")]
    public int MaxVerdictBytes { get; init; } = 256 << 10;

    /// <summary>Time in which all headers of a request must have come.</summary>
    [Option("seconds", 1, 600, Key = "collector.header_seconds")]
    public TimeSpan HeaderTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A connection without a request is closed after so long.</summary>
    [Option("seconds", 1, 3600, Key = "collector.keep_alive_seconds")]
    public TimeSpan KeepAliveTime { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>A body that comes more slowly is given up after five seconds, and so is an answer that is read more
    /// slowly; 0 for no limit.</summary>
    [Option("bytes a second", 0, 1 << 20, Key = "collector.min_bytes_per_second")]
    public int MinBytesPerSecond { get; init; } = 240;

    /// <summary>Headers of a request, together.</summary>
    [Option("bytes", 1 << 10, 1 << 20, Key = "collector.max_header_bytes")]
    public int MaxHeaderBytes { get; init; } = 32 << 10;

    /// <summary>Headers of a request.</summary>
    [Option("headers", 1, 10_000, Key = "collector.max_headers")]
    public int MaxHeaders { get; init; } = 100;

    /// <summary>Method, address and query of a request.</summary>
    [Option("bytes", 256, 1 << 20, Key = "collector.max_request_line_bytes")]
    public int MaxRequestLineBytes { get; init; } = 8 << 10;

    /// <summary>Pages in browsers that may send, by their origins such as https://shop.example, divided by commas; *
    /// for every one. Empty: none.</summary>
    [Option("origins, divided by commas", MayBeEmpty = true, Key = "collector.cors_origins")]
    public string CorsOrigins { get; init; } = "";

    /// <summary>Hosts to which clicks may lead, divided by commas; *.shop.example for all below shop.example, a port
    /// where it is not the usual one. Empty: there is no click redirect.</summary>
    [Option("hosts, divided by commas", MayBeEmpty = true, Key = "collector.click_hosts")]
    public string ClickHosts { get; init; } = "";

    /// <summary>File of senders that sign what they send (docs/collector.md, webhooks). Empty: none.</summary>
    [Option("a file", MayBeEmpty = true, Key = "collector.webhooks_file")]
    public string WebhooksFile { get; init; } = "";

    /// <summary>A click leads on after so long, though the disk has not kept it yet.</summary>
    [Option("milliseconds", 10, 60_000, Key = "collector.click_wait_ms")]
    public TimeSpan ClickWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the server holds connections to.</summary>
    public HttpLimits Limits =>
        new()
        {
            MaxConnections = MaxConnections,
            HeaderTime = HeaderTime,
            KeepAliveTime = KeepAliveTime,
            MinBytesPerSecond = MinBytesPerSecond,
            MaxHeaderBytes = MaxHeaderBytes,
            MaxHeaders = MaxHeaders,
            MaxRequestLineBytes = MaxRequestLineBytes,
        };
}
