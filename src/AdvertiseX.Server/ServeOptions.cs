using System.Net;
using AdvertiseX.Configuration;

namespace AdvertiseX.Server;

/// <summary>How <c>adx serve</c> runs.</summary>
internal sealed record ServeOptions
{
    /// <summary>Address and port on which adx serve listens, of loop-back: anybody who reaches it may send events. Port
    /// 0 for one that is free. --listen beats it.</summary>
    [Option("an address and port of loop-back, such as 127.0.0.1:8080", Key = "serve.listen")]
    public string Listen { get; init; } = "127.0.0.1:8080";

    /// <summary>Models are refreshed, the lake compacted and vacuumed this often, if something came; 0 for never.
    /// --models beats it.</summary>
    [Option("seconds", 0, 86_400, Key = "serve.models_seconds")]
    public TimeSpan ModelInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads where to listen.</summary>
    /// <param name="text">As it was given.</param>
    /// <returns>Null if it is no address and port of loop-back.</returns>
    public static IPEndPoint? Parse(string text) =>
        ListenAddress.Parse(text) is { } address && IPAddress.IsLoopback(address.Address) ? address : null;
}
