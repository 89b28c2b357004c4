using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// Tells which errors of the client are news: it reports the same one for each partition and broker, and again at each
/// attempt. Not thread-safe.
/// </summary>
internal sealed class ClientErrors(TimeProvider clock)
{
    /// <summary>An error that has not come for so long is news again.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private const int MostKept = 1000;
    private readonly Dictionary<(ErrorCode Code, string Text), long> _seen = [];

    /// <summary>Whether the error did not come in the last minute.</summary>
    public bool IsNews(Error error)
    {
        if (_seen.Count >= MostKept)
            _seen.Clear();
        // The texts of those of connections differ in broker, address and duration.
        var key = (error.Code, IsOfConnections(error.Code) ? "" : error.Reason);
        var isNews = !_seen.TryGetValue(key, out var last) || clock.GetElapsedTime(last) >= Quiet;
        _seen[key] = clock.GetTimestamp();
        return isNews;
    }

    private static bool IsOfConnections(ErrorCode code) =>
        code
            is ErrorCode.Local_Transport
                or ErrorCode.Local_AllBrokersDown
                or ErrorCode.Local_Resolve
                or ErrorCode.Local_TimedOut
                or ErrorCode.Local_Authentication
                or ErrorCode.Local_Ssl;
}
