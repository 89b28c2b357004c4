using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>What a collector gets by OTLP over HTTP: spans and the names of metrics.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();

    public OtlpReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}";
        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Url { get; }

    public ConcurrentBag<OtlpSpan> Spans { get; } = [];

    public ConcurrentBag<string> Metrics { get; } = [];

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

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            // opentelemetry.proto: resource 1, scope 2, span or metric 2.
            var items = Inside(Inside(Inside([body.ToArray()], 1), 2), 2);
            foreach (var item in items)
            {
                if (context.Request.Url!.AbsolutePath == "/v1/traces")
                    Spans.Add(OtlpSpan.Of(item));
                else
                    Metrics.Add(Encoding.UTF8.GetString(Fields(item, 1).First()));
            }

            context.Response.StatusCode = 200;
            context.Response.Close();
        }
    }

    private static List<byte[]> Inside(IEnumerable<byte[]> messages, int field) =>
        messages.SelectMany(message => Fields(message, field)).ToList();

    /// <summary>The values of a field of a protobuf message that hold bytes.</summary>
    public static IEnumerable<byte[]> Fields(byte[] message, int field)
    {
        for (var at = 0; at < message.Length; )
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    var length = (int)Varint(message, ref at);
                    if ((int)(tag >> 3) == field)
                        yield return message[at..(at + length)];
                    at += length;
                    break;
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
