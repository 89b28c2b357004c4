using System.Globalization;
using System.Net;

namespace AdvertiseX.Server;

/// <summary>Where a server listens, as it is written: an address and a port.</summary>
internal static class ListenAddress
{
    /// <summary>Reads 127.0.0.1:8081, [::1]:8081, 0.0.0.0:8081 or localhost:8081; null for anything else.</summary>
    public static IPEndPoint? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (
            colon <= 0
            || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > IPEndPoint.MaxPort
        )
            return null;
        var host = text[..colon];
        if (host == "localhost")
            return new(IPAddress.Loopback, port);
        // An IPv6 address needs its brackets, or its last part would be a port.
        if (host.Contains(':', StringComparison.Ordinal) && !(host[0] == '[' && host[^1] == ']'))
            return null;
        return IPAddress.TryParse(host.Trim('[', ']'), out var address) ? new(address, port) : null;
    }
}
