using AdvertiseX.Configuration;

namespace AdvertiseX.Server;

/// <summary>How <c>adx serve</c> runs.</summary>
internal sealed record ServeOptions
{
    /// <summary>Address and port on which adx serve listens; one of loop-back, unless the lake has a key (adx keys
    /// create): without, anybody who reaches it may send events. Port 0 for one that is free. --listen beats
    /// it.</summary>
    [Option("an address and port, such as 127.0.0.1:8080", Key = "serve.listen")]
    public string Listen { get; init; } = "127.0.0.1:8080";

    /// <summary>Models are refreshed, the lake compacted and vacuumed this often, if something came; 0 for never.
    /// --models beats it.</summary>
    [Option("seconds", 0, 86_400, Key = "serve.models_seconds")]
    public TimeSpan ModelInterval { get; init; } = TimeSpan.FromSeconds(60);
}
