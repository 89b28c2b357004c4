using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>The one question of a schema registry that readers ask, with outages at will.</summary>
internal sealed class RegistryStub : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<int, string> _schemas = new();

    public RegistryStub()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        var port = ((IPEndPoint)socket.LocalEndpoint).Port;
        socket.Stop();
        Url = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Url { get; }

    /// <summary>Answers 503 to everything.</summary>
    public bool IsDown { get; set; }

    /// <summary>Questions so far, those during an outage too.</summary>
    public int Asked { get; private set; }

    public void Add(int id, ReadOnlyMemory<byte> schema) => _schemas[id] = Encoding.UTF8.GetString(schema.Span);

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Asked++;
            var (code, body) = Answer(context.Request.Url!.AbsolutePath);
            context.Response.StatusCode = code;
            context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
    }

    private (int Code, string Body) Answer(string path)
    {
        if (IsDown)
            return (503, """{"error_code":50301,"message":"not now"}""");
        return int.TryParse(path.Split('/')[^1], out var id) && _schemas.TryGetValue(id, out var schema)
            ? (200, JsonSerializer.Serialize(new { schema }))
            : (404, """{"error_code":40403,"message":"Schema not found"}""");
    }
}
