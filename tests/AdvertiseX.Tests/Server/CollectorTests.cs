using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.Server.Collecting;
using AdvertiseX.Tests.Spool;
using ZstdSharp;

namespace AdvertiseX.Tests.Server;

/// <summary>The collector acknowledges what is kept, says what is wrong, and stays up whatever is sent.</summary>
public sealed class CollectorTests
{
    private const string Good = """{"impression_id":"i1","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}""";

    [Fact]
    public async Task An_acknowledged_body_is_in_the_spool()
    {
        await using var host = await CollectorHost.StartAsync();
        var (status, answer) = await PostAsync(host, Good);
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(0, (int)answer["position"]!);
        Assert.StartsWith("spool/impressions/", (string?)answer["stream"]);
        Assert.Equal([Good], SpoolReading.Of(host.Spool, Feed.Impressions));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Bodies_may_be_compressed_and_bombs_go_off_nowhere(string encoding)
    {
        await using var host = await CollectorHost.StartAsync(new CollectorOptions { MaxBodyBytes = 1 << 20 });
        var (status, _) = await PostAsync(host, Compressed(Encoding.UTF8.GetBytes(Good), encoding), encoding: encoding);
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal([Good], SpoolReading.Of(host.Spool, Feed.Impressions));
        var bomb = Compressed(new byte[64 << 20], encoding);
        Assert.InRange(bomb.Length, 10, 1 << 20);
        (status, var problem) = await PostAsync(host, bomb, encoding: encoding);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("urn:adx:problem:body-too-large", (string?)problem["type"]);
        var whole = Compressed(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Good, 100))), encoding);
        (status, problem) = await PostAsync(host, whole[..(whole.Length / 2)], encoding: encoding);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal($"the body is not whole {encoding}", (string?)problem["detail"]);
        Assert.Single(SpoolReading.Of(host.Spool, Feed.Impressions));
        Assert.Equal(0, host.Routes.UsedBytes);
    }

    [Fact]
    public async Task Blocks_of_an_Avro_container_count_unpacked()
    {
        await using var host = await CollectorHost.StartAsync(new CollectorOptions { MaxBodyBytes = 1 << 20 });
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(new byte[8 << 20]);
        using var file = new MemoryStream();
        file.Write("Obj\u0001"u8);
        file.Write([4, 22]);
        file.Write("avro.schema"u8);
        const string Schema = """{"type":"record","name":"r","fields":[{"name":"id","type":"string"}]}""";
        WriteBytes(file, Encoding.UTF8.GetBytes(Schema));
        file.WriteByte(20);
        file.Write("avro.codec"u8);
        WriteBytes(file, "deflate"u8.ToArray());
        file.WriteByte(0);
        file.Write(new byte[16]);
        file.WriteByte(2);
        WriteBytes(file, packed.ToArray());
        file.Write(new byte[16]);
        var (status, problem) = await PostAsync(host, file.ToArray(), "bid-requests", "application/avro");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("urn:adx:problem:body-too-large", (string?)problem["type"]);
        Assert.Equal(0, host.Routes.UsedBytes);
    }

    [Theory]
    [InlineData("impressions", "application/xml", null, "", 415, "unknown-type")]
    [InlineData("impressions", "text/plain", null, "", 415, "unknown-type")]
    [InlineData("impressions", "application/json", "snappy", "", 415, "unknown-encoding")]
    [InlineData("impressions", "application/json", "gzip, br", "", 415, "unknown-encoding")]
    [InlineData("clicks", "application/json", null, "", 404, "not-found")]
    [InlineData("impressions", "application/json", null, "Idempotency-Key: \u00e4", 400, "bad-request")]
    [InlineData("impressions", "application/json", null, "Idempotency-Key: a b", 400, "bad-request")]
    [InlineData("impressions", "application/json", null, "Origin: http://evil.example", 403, "other-origin")]
    [InlineData("impressions", "application/json", null, "Host: evil.example", 403, "other-host")]
    public async Task What_is_refused_is_named(
        string path,
        string type,
        string? encoding,
        string header,
        int expected,
        string problem
    )
    {
        await using var host = await CollectorHost.StartAsync();
        var (status, answer) = await PostAsync(host, Encoding.UTF8.GetBytes(Good), path, type, encoding, header);
        Assert.Equal(expected, (int)status);
        Assert.Equal($"urn:adx:problem:{problem}", (string?)answer["type"]);
        Assert.Equal(expected, (int)answer["status"]!);
        Assert.NotEmpty((string)answer["detail"]!);
        Assert.Empty(SpoolReading.Of(host.Spool, Feed.Impressions));
    }

    [Fact]
    public async Task Each_event_has_its_own_verdict()
    {
        await using var host = await CollectorHost.StartAsync();
        var (status, answer) = await PostAsync(
            host,
            $"[{Good},{{\"impression_id\":\"i2\"}}]",
            "Prefer: return=representation"
        );
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal("""{"received":2,"valid":1,"rejected":1}""", answer["counts"]!.ToJsonString());
        Assert.Equal("i1", (string?)answer["events"]![0]!["event_id"]);
        Assert.Equal("missing_required_field", (string?)answer["events"]![1]!["reason"]);
    }

    [Fact]
    public async Task A_key_makes_one_delivery_of_several_requests()
    {
        await using var host = await CollectorHost.StartAsync();
        var (_, first) = await PostAsync(host, Good, "Idempotency-Key: k1");
        var (_, second) = await PostAsync(host, Good, "Idempotency-Key: \"k1\"");
        Assert.False((bool)first["repeated"]!);
        Assert.True((bool)second["repeated"]!);
        Assert.Equal((int)first["position"]!, (int)second["position"]!);
        var (status, problem) = await PostAsync(host, Good + "\n" + Good, "Idempotency-Key: k1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("urn:adx:problem:key-reused", (string?)problem["type"]);
        Assert.Single(SpoolReading.Of(host.Spool, Feed.Impressions));
    }

    [Fact]
    public async Task A_disk_that_fails_is_a_503_that_promises_nothing()
    {
        await using var host = await CollectorHost.StartAsync();
        host.Disk.FlushFails = true;
        var (status, problem) = await PostAsync(host, Good);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("urn:adx:problem:cannot-keep", (string?)problem["type"]);
        host.Disk.FlushFails = false;
        for (var i = 0; i < 100 && status != HttpStatusCode.Accepted; i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            (status, _) = await PostAsync(host, Good);
        }

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal([Good], SpoolReading.Of(host.Spool, Feed.Impressions));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", "400")]
    [InlineData("Content-Length: -1\r\n\r\n", "400")]
    [InlineData("Content-Length: 99999999999\r\n\r\nabc", "413")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", "400")]
    [InlineData("Transfer-Encoding: gzip\r\n\r\nabc", "400")]
    [InlineData("Content-Length: 100\r\n\r\nabc", "400")]
    [InlineData("Content-Length: 0\r\n\r\n", "400")]
    public async Task Wrong_lengths_take_nothing(string rest, string expected)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.SendAsync(
            $"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{rest}"
        );
        // A body that breaks off may be a connection that is closed.
        Assert.True(answer.Length == 0 || answer.Contains($" {expected} ", StringComparison.Ordinal), answer);
        Assert.Empty(SpoolReading.Of(host.Spool, Feed.Impressions));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, Good)).Status);
        Assert.Equal(0, host.Routes.UsedBytes);
    }

    [Fact]
    public async Task Floods_of_headers_are_refused()
    {
        await using var host = await CollectorHost.StartAsync();
        var many = string.Concat(Enumerable.Range(0, 1000).Select(i => $"X-{i}: y\r\n"));
        var wide = new string('x', 1 << 20);
        await RefusedAsync($"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\n{many}\r\n", "431");
        await RefusedAsync($"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nX: {wide}\r\n\r\n", "431");
        await RefusedAsync($"POST /v1/{wide} HTTP/1.1\r\nHost: localhost\r\n\r\n", "414");
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, Good)).Status);

        // Where the connection is closed before all was sent, the answer may be lost.
        async Task RefusedAsync(string request, string status)
        {
            var answer = await host.SendAsync(request);
            Assert.True(answer.Length == 0 || answer.Contains($" {status} ", StringComparison.Ordinal), answer);
        }
    }

    [Fact]
    public async Task Bodies_take_no_more_memory_together_than_they_may()
    {
        await using var host = await CollectorHost.StartAsync(
            new CollectorOptions { MaxBodyBytes = 1 << 20, MemoryBytes = 1 << 20 }
        );
        // One that is announced and does not come holds what it needs.
        using var slow = new System.Net.Sockets.Socket(
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Tcp
        );
        await slow.ConnectAsync(host.EndPoint, TestContext.Current.CancellationToken);
        await slow.SendAsync(
            Encoding.Latin1.GetBytes(
                "POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx"
            )
        );
        while (host.Routes.UsedBytes == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        var (status, problem) = await PostAsync(host, new string(' ', 500_000) + Good);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("urn:adx:problem:busy", (string?)problem["type"]);
        slow.Close();
        for (var i = 0; i < 100 && host.Routes.UsedBytes > 0; i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Routes.UsedBytes);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, new string(' ', 500_000) + Good)).Status);
    }

    private static Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(
        CollectorHost host,
        string body,
        string header = ""
    ) => PostAsync(host, Encoding.UTF8.GetBytes(body), header: header);

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(
        CollectorHost host,
        byte[] body,
        string path = "impressions",
        string type = "application/json",
        string? encoding = null,
        string header = ""
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{path}")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        if (header.Split(": ") is [var name, var value])
            request.Headers.TryAddWithoutValidation(name, value);
        using var client = new HttpClient(
            new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }
        )
        {
            BaseAddress = host.Client.BaseAddress,
        };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonNode.Parse(text)!);
    }

    private static byte[] Compressed(byte[] bytes, string encoding)
    {
        using var packed = new MemoryStream();
        using (
            Stream stream = encoding switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true),
                "br" => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
                "zstd" => new CompressionStream(packed, 3, leaveOpen: true),
                _ => new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true),
            }
        )
            stream.Write(bytes);
        return packed.ToArray();
    }

    private static void WriteBytes(Stream stream, byte[] bytes)
    {
        for (var left = (ulong)bytes.Length << 1; ; left >>= 7)
        {
            stream.WriteByte((byte)(left > 127 ? (left & 127) | 128 : left));
            if (left <= 127)
                break;
        }

        stream.Write(bytes);
    }
}
