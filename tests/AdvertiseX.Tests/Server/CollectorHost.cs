using System.Net;
using System.Net.Sockets;
using System.Text;
using AdvertiseX.Ingestion;
using AdvertiseX.Messages;
using AdvertiseX.Server;
using AdvertiseX.Server.Access;
using AdvertiseX.Server.Collecting;
using AdvertiseX.Spool;
using AdvertiseX.Tests.Spool;

namespace AdvertiseX.Tests.Server;

/// <summary>A collector on a port of its own, over a spool in memory without a lake behind it.</summary>
internal sealed class CollectorHost : IAsyncDisposable
{
    private readonly HttpService _http;
    private readonly DeliveryJudge _judge;

    private CollectorHost(
        HttpService http,
        CollectorRoutes routes,
        EventSpool spool,
        DeliveryJudge judge,
        UnsafeDisk disk
    )
    {
        (_http, Routes, Spool, _judge, Disk) = (http, routes, spool, judge, disk);
        Client = new HttpClient { BaseAddress = new Uri(http.Address) };
    }

    public CollectorRoutes Routes { get; }

    public EventSpool Spool { get; }

    public UnsafeDisk Disk { get; }

    public HttpClient Client { get; }

    public IPEndPoint EndPoint => _http.EndPoint;

    public static async Task<CollectorHost> StartAsync(
        CollectorOptions? options = null,
        KeyRing? keys = null,
        TlsFiles? tls = null
    )
    {
        var disk = new UnsafeDisk(1);
        var spool = new EventSpool(new SpoolEnvironment(disk, new SpoolOptions(), TimeProvider.System, _ => { }));
        var judge = new DeliveryJudge(new IngestOptions(), KnownSchemas.Shipped);
        var routes = new CollectorRoutes(
            new CollectorEnvironment(spool, judge, options ?? new CollectorOptions(), TimeProvider.System)
            {
                Keys = keys,
            }
        );
        var http = await HttpService.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0),
            routes.Map,
            (options ?? new CollectorOptions()).Limits,
            tls
        );
        return new(http, routes, spool, judge, disk);
    }

    /// <summary>Sends bytes as they are, closes the sending side, and gives what comes back.</summary>
    public async Task<string> SendAsync(string request, bool halfClose = true)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        if (halfClose)
            socket.Shutdown(SocketShutdown.Send);
        var answer = new StringBuilder();
        var buffer = new byte[1 << 16];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var read)
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (SocketException) { }

        return answer.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _http.DisposeAsync();
        Routes.Dispose();
        Spool.Dispose();
        _judge.Dispose();
    }
}
