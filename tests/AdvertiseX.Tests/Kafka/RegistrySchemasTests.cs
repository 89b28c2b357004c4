using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Producing;
using AdvertiseX.Messages;

namespace AdvertiseX.Tests.Kafka;

/// <summary>Whatever a schema registry answers, a worker asks again or believes it, and neither ends nor
/// grows.</summary>
public sealed class RegistrySchemasTests : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _url;
    private readonly List<KafkaNotice> _notices = [];
    private readonly CancellationTokenSource _giveUp = new();
    private Action<HttpListenerResponse> _answer = _ => { };

    public RegistrySchemasTests()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add($"{_url}/");
        _listener.Start();
        _ = Task.Run(AnswerAsync);
    }

    public void Dispose()
    {
        _giveUp.Cancel();
        _listener.Close();
        _giveUp.Dispose();
    }

    // The .NET client refuses to make a text of it, which ended the worker.
    [Fact]
    public async Task An_answer_of_a_nonsense_charset_is_read_as_UTF_8()
    {
        _answer = Schema("application/json; charset=nonsense");
        using var schemas = Client();
        await schemas.LearnAsync([new(false, 1)]);
        Assert.NotNull(schemas.Find(new(false, 1)));
        Assert.Empty(_notices);
    }

    [Fact]
    public async Task A_producer_reads_an_answer_of_a_nonsense_charset_too()
    {
        _answer = response => Send(response, "application/json; charset=nonsense", "\uFEFF{\"id\":7}"u8);
        using var schemas = new SchemaRegistration(
            new RegistryOptions { Url = _url },
            TimeSpan.FromSeconds(5),
            TimeProvider.System,
            _notices.Add
        );
        Assert.Equal(7u, await Task.Run(() => schemas.IdOf("t", KnownSchemas.ShippedTexts[0])));
    }

    [Fact]
    public async Task An_answer_without_end_is_an_outage_that_names_the_registry()
    {
        _answer = response =>
        {
            var part = new byte[1 << 20];
            for (var i = 0; i < 64; i++)
                response.OutputStream.Write(part);
        };
        using var schemas = Client();
        var learning = schemas.LearnAsync([new(false, 1)]).AsTask();
        while (!Volatile.Read(ref _answered))
            await Task.Delay(10, TestContext.Current.CancellationToken);
        _answer = Schema("application/json");
        await learning.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.NotNull(schemas.Find(new(false, 1)));
        Assert.Equal(OutagePart.Registry, _notices[0].Part);
        Assert.StartsWith(
            $"the schema registry {_url} does not tell schema 1: its answer is longer than 8 MiB",
            _notices[0].Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Ids_without_a_schema_are_not_remembered_without_end()
    {
        _answer = response =>
        {
            response.StatusCode = 404;
            Send(response, "application/json", """{"error_code":40403,"message":"Schema not found"}"""u8);
        };
        using var schemas = Client();
        await schemas.LearnAsync([new(false, 1)]);
        Assert.Equal(1, schemas.Unknown);
        for (var id = 2ul; id <= RegistrySchemas.MostUnknown; id++)
            schemas.NoteUnknown(id);
        Assert.Equal(RegistrySchemas.MostUnknown, schemas.Unknown);
        await schemas.LearnAsync([new(false, 5_000)]);
        Assert.InRange(schemas.Unknown, 1, RegistrySchemas.MostUnknown);
    }

    private bool _answered;

    private RegistrySchemas Client() =>
        new(
            new RegistryOptions { Url = _url },
            KnownSchemas.Shipped,
            TimeProvider.System,
            notice =>
            {
                _notices.Add(notice);
                Volatile.Write(ref _answered, true);
            },
            _giveUp.Token
        );

    private static Action<HttpListenerResponse> Schema(string type) =>
        response =>
            Send(
                response,
                type,
                JsonSerializer.SerializeToUtf8Bytes(
                    new { schema = Encoding.UTF8.GetString(KnownSchemas.ShippedTexts[0].Span) }
                )
            );

    private static void Send(HttpListenerResponse response, string type, ReadOnlySpan<byte> body)
    {
        response.ContentType = type;
        response.OutputStream.Write(body);
    }

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _answer(context.Response);
                context.Response.Close();
            }
            catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
            {
                // Who asked has read enough, or the test ends.
            }
        }
    }
}
