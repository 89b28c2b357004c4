using System.Net;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Registry;
using AdvertiseX.Server;
using Microsoft.AspNetCore.Builder;

namespace AdvertiseX.IntegrationTests.Registry;

/// <summary>A schema registry of ours, which can be slow or away for a while.</summary>
internal sealed class RegistryHost : IAsyncDisposable
{
    private readonly string _lake;
    private SchemaRegistry? _registry;
    private HttpService? _http;
    private IPEndPoint _listen = new(IPAddress.Loopback, 0);
    private int _asked;

    private RegistryHost(string lake) => _lake = lake;

    public string Url => $"http://{_listen}";

    /// <summary>So long every answer is held back.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Questions so far.</summary>
    public int Asked => _asked;

    public static async Task<RegistryHost> StartAsync(string lake)
    {
        var host = new RegistryHost(lake);
        await host.StartAsync();
        return host;
    }

    /// <summary>Starts it again, at the address that it had.</summary>
    public async Task StartAsync()
    {
        _registry = new SchemaRegistry(new LocalObjectStore(_lake), TimeProvider.System);
        var service = new RegistryService(_registry, new RegistryUsers(""), line => Assert.Fail(line));
        _http = await HttpService.StartAsync(
            _listen,
            application =>
                application.Run(async context =>
                {
                    Interlocked.Increment(ref _asked);
                    await Task.Delay(Delay);
                    await service.AnswerAsync(context);
                })
        );
        _listen = _http.EndPoint;
    }

    public async Task StopAsync()
    {
        if (_http is not null)
            await _http.DisposeAsync();
        _registry?.Dispose();
        (_http, _registry) = (null, null);
    }

    public Task<RegistryState> StateAsync() => _registry!.StateAsync(default);

    public async ValueTask DisposeAsync() => await StopAsync();
}
