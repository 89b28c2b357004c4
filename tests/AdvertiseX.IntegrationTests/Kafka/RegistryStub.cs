using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>The questions of a schema registry that readers and producers ask, with outages at will.</summary>
internal sealed class RegistryStub : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<int, string> _schemas = new();

    public RegistryStub()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}";
        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        // Not on a thread that a test may block.
        _ = Task.Run(AnswerAsync);
    }

    public string Url { get; }

    /// <summary>Answers 503 to everything.</summary>
    public bool IsDown { get; set; }

    /// <summary>Answers everything as a proxy does that does not know the way to a registry.</summary>
    public bool IsLost { get; set; }

    /// <summary>Answers everything with this code, as to wrong credentials; 0 for not.</summary>
    public int RefusesWith { get; set; }

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
            try
            {
                await AnswerAsync(context);
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException)
            {
                // Who asked was killed.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var question = new StreamReader(context.Request.InputStream);
        var (code, body) = Answer(context.Request.Url!.AbsolutePath, await question.ReadToEndAsync());
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }

    /// <summary>Subjects under which schemas were registered.</summary>
    public ConcurrentBag<string> Subjects { get; } = [];

    /// <summary>Answers 409 to who registers a schema.</summary>
    public bool Refuses { get; set; }

    private (int Code, string Body) Answer(string path, string question)
    {
        if (IsDown)
            return (503, """{"error_code":50301,"message":"not now"}""");
        if (RefusesWith > 0)
            return (RefusesWith, """{"error_code":40101,"message":"Unauthorized"}""");
        if (IsLost)
            return (404, "<html>not found</html>");
        if (path.Split('/') is ["", "subjects", var subject, "versions"])
            return Register(subject, question);
        return int.TryParse(path.Split('/')[^1], out var id) && _schemas.TryGetValue(id, out var schema)
            ? (200, JsonSerializer.Serialize(new { schema }))
            : (404, """{"error_code":40403,"message":"Schema not found"}""");
    }

    private (int Code, string Body) Register(string subject, string question)
    {
        if (Refuses)
            return (409, """{"error_code":40901,"message":"Schema being registered is incompatible"}""");
        Subjects.Add(subject);
        var id = _schemas.Count + 100;
        _schemas[id] = JsonDocument.Parse(question).RootElement.GetProperty("schema").GetString()!;
        return (200, JsonSerializer.Serialize(new { id }));
    }
}
