using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AdvertiseX.Server;

/// <summary>An HTTP server of this process, from its start to its disposal. What it answers is mapped by whoever starts
/// it.</summary>
internal sealed class HttpService : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;

    private HttpService(WebApplication application) => _application = application;

    /// <summary>Where it listens; the port is the one that was free when 0 was asked for.</summary>
    public IPEndPoint EndPoint
    {
        get
        {
            var address = new Uri(Address);
            return new(IPAddress.Parse(address.Host.Trim('[', ']')), address.Port);
        }
    }

    /// <summary>The same as http://ADDRESS:PORT or https://ADDRESS:PORT.</summary>
    public string Address =>
        _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Starts a server.</summary>
    /// <param name="listen">Where it listens; port 0 for one that is free.</param>
    /// <param name="map">Says what it answers.</param>
    /// <param name="limits">What connections are held to; null for the defaults.</param>
    /// <param name="tls">The certificate; null for plain HTTP. It outlives the server.</param>
    /// <exception cref="IOException">The port is taken, or the address is not one of this machine.</exception>
    public static async Task<HttpService> StartAsync(
        IPEndPoint listen,
        Action<WebApplication> map,
        HttpLimits? limits = null,
        TlsFiles? tls = null
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            // As many as the system allows: a connection that finds no place waits for seconds.
            .UseSockets(sockets => sockets.Backlog = ushort.MaxValue)
            .ConfigureKestrel(options =>
            {
                options.AddServerHeader = false;
                Set(options.Limits, limits ?? new HttpLimits());
                // Over one connection HTTP/2 would carry a hundred requests; no limit here counts on that.
                options.Listen(
                    listen,
                    connection =>
                    {
                        connection.Protocols = HttpProtocols.Http1;
                        if (tls is not null)
                            connection.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => Tls(tls) });
                    }
                );
            });
        if (tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        // The process ends when its own signals say so, not when a web host would.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.ClearProviders();
        var application = builder.Build();
        application.UseRouting();
        map(application);
        try
        {
            await application.StartAsync();
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            await application.DisposeAsync();
            throw new IOException(
                $"cannot listen on {listen}: the port is taken; port 0 finds one that is free",
                taken
            );
        }
        catch (SocketException refused)
        {
            await application.DisposeAsync();
            throw new IOException($"cannot listen on {listen}: {refused.Message}", refused);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new(application);
    }

    /// <summary>Takes no request any more, answers those that are there for as long as <see cref="Grace"/>, and
    /// ends.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Grace);
        try
        {
            await _application.StopAsync(limit.Token);
        }
        catch (OperationCanceledException) { }

        await _application.DisposeAsync();
    }

    private static ValueTask<SslServerAuthenticationOptions> Tls(TlsFiles files) =>
        new(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = files.Current,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            }
        );

    private static void Set(KestrelServerLimits limits, HttpLimits given)
    {
        var rate = given.MinBytesPerSecond > 0 ? new MinDataRate(given.MinBytesPerSecond, HttpLimits.RateGrace) : null;
        limits.MaxConcurrentConnections = given.MaxConnections;
        limits.RequestHeadersTimeout = given.HeaderTime;
        limits.KeepAliveTimeout = given.KeepAliveTime;
        limits.MinRequestBodyDataRate = rate;
        limits.MinResponseDataRate = rate;
        limits.MaxRequestHeadersTotalSize = given.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = given.MaxHeaders;
        limits.MaxRequestLineSize = given.MaxRequestLineBytes;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
