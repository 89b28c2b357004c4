using AdvertiseX.Cli.Configuration;

namespace AdvertiseX.Cli.Streaming;

/// <summary>A worker as the command line asked for it.</summary>
/// <param name="Settings">Brokers, group, sizes and limits, and where the lake is; it is made if it is not
/// there.</param>
internal sealed record StreamRequest(AdxSettings Settings)
{
    /// <summary>End when everything that is there is read.</summary>
    public bool Once { get; init; }

    public bool Json { get; init; }
}
