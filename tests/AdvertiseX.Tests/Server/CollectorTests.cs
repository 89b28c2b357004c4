using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdvertiseX.Events;
using AdvertiseX.Server.Collecting;
using AdvertiseX.Tests.Spool;
using ZstdSharp;

namespace AdvertiseX.Tests.Server;

/// <summary>The collector acknowledges what is kept, says what is wrong, and stays up whatever is sent.</summary>
public sealed partial class CollectorTests
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
        Assert.StartsWith($"the body is not whole {encoding}", (string?)problem["detail"]);
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
            new CollectorOptions { MaxBodyBytes = 1 << 20, MemoryBytes = 2 << 20 }
        );
        // One that breaks off in the middle holds what came of it, for as long as its connection.
        using var slow = await OpenAsync(
            host,
            $"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{new string('x', 600_000)}"
        );
        while (host.Routes.UsedBytes < 600_000)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        var (status, problem) = await PostAsync(host, new string(' ', 700_000) + Good);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("urn:adx:problem:busy", (string?)problem["type"]);
        slow.Close();
        await FreeAsync(host);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, new string(' ', 700_000) + Good)).Status);
    }

    [Fact]
    public async Task A_body_that_is_announced_and_does_not_come_holds_next_to_nothing()
    {
        await using var host = await CollectorHost.StartAsync();
        using var slow = await OpenAsync(
            host,
            "POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16000000\r\n\r\nx"
        );
        while (host.Routes.UsedBytes == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.InRange(host.Routes.UsedBytes, 1, 16 << 10);
    }

    [Fact]
    public async Task Bodies_that_come_too_slowly_are_given_up()
    {
        await using var host = await CollectorHost.StartAsync(new CollectorOptions { MinBytesPerSecond = 1 << 20 });
        var answer = await host.SendAsync(
            "POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx",
            halfClose: false
        );
        Assert.Contains("body-too-slow", answer);
        await FreeAsync(host);
    }

    [Fact]
    public async Task Headers_that_come_too_slowly_are_given_up()
    {
        await using var host = await CollectorHost.StartAsync(
            new CollectorOptions { HeaderTime = TimeSpan.FromSeconds(1) }
        );
        var slow = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ =>
                    host.SendAsync("POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nX-A: b", halfClose: false)
                )
        );
        Assert.All(slow, answer => Assert.True(answer.Length == 0 || answer.Contains(" 408 "), answer));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, Good)).Status);
    }

    [Fact]
    public async Task Requests_one_behind_the_other_are_answered_in_order()
    {
        await using var host = await CollectorHost.StartAsync();
        var post = $"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Good.Length}";
        var next = $"{post}\r\n\r\n{Good}";
        var last = $"{post}\r\nConnection: close\r\n\r\n{Good}";
        var answer = await host.SendAsync(string.Concat(Enumerable.Repeat(next, 19)) + last, halfClose: false);
        var positions = Positions().Matches(answer).Select(match => int.Parse(match.Groups[1].Value)).ToList();
        Assert.Equal(Enumerable.Range(0, 20), positions);
        Assert.Equal(Enumerable.Repeat(Good, 20), SpoolReading.Of(host.Spool, Feed.Impressions));
    }

    /// <summary>What a front would take for the body of one request must not be another request.</summary>
    [Theory]
    [InlineData("Content-Length: {0}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{1}")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: {0}\r\n\r\n0\r\n\r\n{1}")]
    [InlineData("Content-Length: 0\r\nContent-Length: {0}\r\n\r\n{1}")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{1}")]
    [InlineData("Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n{1}")]
    [InlineData("Content-Length : {0}\r\n\r\n{1}")]
    [InlineData("X: y\r\n Content-Length: {0}\r\n\r\n{1}")]
    [InlineData("Content-Length: +{0}\r\n\r\n{1}")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n{1}")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n{1}")]
    public async Task No_request_is_smuggled_in_another(string rest)
    {
        await using var host = await CollectorHost.StartAsync();
        var hidden = $"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Good.Length}\r\n\r\n{Good}";
        rest = rest.Replace("{0}", $"{hidden.Length}", StringComparison.Ordinal)
            .Replace("{1}", hidden, StringComparison.Ordinal);
        var answer = await host.SendAsync($"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\n{rest}");
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
        Assert.DoesNotContain(" 202 ", answer);
        Assert.Empty(SpoolReading.Of(host.Spool, Feed.Impressions));
    }

    [Fact]
    public async Task More_requests_than_may_be_answered_at_one_time_are_turned_away()
    {
        await using var host = await CollectorHost.StartAsync(new CollectorOptions { MaxRequests = 1 });
        using var slow = await OpenAsync(
            host,
            "POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx"
        );
        while (host.Routes.Requests == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        var (status, problem) = await PostAsync(host, Good);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("collector.max_requests", (string?)problem["detail"]);
        slow.Close();
        await FreeAsync(host);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, Good)).Status);
    }

    [Fact]
    public async Task A_body_that_is_too_long_for_verdicts_is_kept_without()
    {
        await using var host = await CollectorHost.StartAsync(new CollectorOptions { MaxVerdictBytes = 100 });
        var (status, answer) = await PostAsync(host, Good + "\n" + Good, "Prefer: return=representation, wait=commit");
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Null(answer["counts"]);
        (status, answer) = await PostAsync(host, Good, "Prefer: return=representation");
        Assert.Equal(1, (int)answer["counts"]!["valid"]!);
    }

    [Fact]
    public async Task A_window_of_zstd_is_8_MB_at_most()
    {
        await using var host = await CollectorHost.StartAsync();
        using var packed = new MemoryStream();
        using (var stream = new CompressionStream(packed, 3, leaveOpen: true))
        {
            stream.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_windowLog, 24);
            stream.Write(Encoding.UTF8.GetBytes(new string(' ', 9 << 20) + Good));
        }

        var (status, problem) = await PostAsync(host, packed.ToArray(), encoding: "zstd");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("8 MB", (string?)problem["detail"]);
    }

    [Fact]
    public async Task A_thousand_clients_at_one_time_are_answered_though_others_misbehave()
    {
        await using var host = await CollectorHost.StartAsync();
        var post =
            $"POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {Good.Length}\r\n\r\n{Good}";
        string[] bad =
        [
            "POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nbroken off",
            "POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
            "GET / HTTP/1.1\r\n",
        ];
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 1200)
                .Select(i => host.SendAsync(i % 6 == 5 ? bad[i % bad.Length] : post, halfClose: i % 6 == 5))
        );
        Assert.All(
            answers.Where((_, i) => i % 6 != 5),
            answer => Assert.StartsWith("HTTP/1.1 202", answer, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(answers.Where((_, i) => i % 6 == 5), answer => answer.Contains(" 202 "));
        Assert.Equal(Enumerable.Repeat(Good, 1000), SpoolReading.Of(host.Spool, Feed.Impressions));
        await FreeAsync(host);
    }

    [GeneratedRegex("\"position\":(\\d+)")]
    private static partial Regex Positions();

    private static async Task<Socket> OpenAsync(CollectorHost host, string request)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host.EndPoint, TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        return socket;
    }

    private static async Task FreeAsync(CollectorHost host)
    {
        for (var i = 0; i < 200 && (host.Routes.UsedBytes > 0 || host.Routes.Requests > 0); i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Routes.UsedBytes);
        Assert.Equal(0, host.Routes.Requests);
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
