using System.Net;
using AdvertiseX.Server;

namespace AdvertiseX.Cli.Serving;

/// <summary>Where <c>adx serve</c> listens.</summary>
/// <param name="EndPoint">Address and port.</param>
/// <param name="Given">The option or key that says so, with its value.</param>
internal sealed record ServeAddress(IPEndPoint EndPoint, string Given)
{
    /// <param name="option">--listen; null if it is not given.</param>
    /// <param name="options">Else this counts.</param>
    /// <exception cref="UsageException">It is not an address and a port.</exception>
    public static ServeAddress Of(string? option, ServeOptions options)
    {
        var text = option ?? options.Listen;
        var given = $"{(option is null ? "serve.listen" : "--listen")} is \"{text}\"";
        return ListenAddress.Parse(text) is { } address
            ? new(address, given)
            : throw new UsageException($"{given}; allowed: an address and port, such as 127.0.0.1:8080");
    }

    /// <summary>Whether it is of loop-back, which other machines do not reach.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(EndPoint.Address);

    /// <exception cref="UsageException">It is not of loop-back, and requests need no key.</exception>
    public void RequireKeys(bool hasKeys)
    {
        if (!IsLoopback && !hasKeys)
            throw new UsageException(
                $"{Given}; allowed: an address and port of loop-back, as the lake has no key (adx keys create NAME)"
            );
    }
}
