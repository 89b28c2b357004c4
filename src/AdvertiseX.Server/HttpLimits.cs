namespace AdvertiseX.Server;

/// <summary>What a server holds connections to; a request beyond it is answered with 4xx or not at all.</summary>
internal sealed record HttpLimits
{
    /// <summary>Connections at one time; more are closed. Null for no limit.</summary>
    public long? MaxConnections { get; init; }

    /// <summary>Time in which all headers of a request must have come: who sends them more slowly keeps a connection
    /// busy on purpose.</summary>
    public TimeSpan HeaderTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A connection without a request is closed after so long.</summary>
    public TimeSpan KeepAliveTime { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>Slower bodies and answers are given up after <see cref="RateGrace"/>; 0 for no limit.</summary>
    public int MinBytesPerSecond { get; init; } = 240;

    /// <summary>Headers of a request, bytes of all together.</summary>
    public int MaxHeaderBytes { get; init; } = 32 << 10;

    /// <summary>Headers of a request.</summary>
    public int MaxHeaders { get; init; } = 100;

    /// <summary>Bytes of method, address and query.</summary>
    public int MaxRequestLineBytes { get; init; } = 8 << 10;

    /// <summary>How long a body or an answer may be too slow.</summary>
    public static TimeSpan RateGrace { get; } = TimeSpan.FromSeconds(5);
}
