using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.Server;
using AdvertiseX.Server.Collecting;
using AdvertiseX.Tests.Cli;
using AdvertiseX.Tests.Spool;

namespace AdvertiseX.Tests.Server;

/// <summary>Deliveries of senders that sign them: nobody else's are taken, and each once.</summary>
public sealed class WebhookTests : IDisposable
{
    private const string Secret = "a secret of both sides";
    private const string Body = """{"event":"purchase","order_id":"o1","timestamp":"2024-03-01T10:00:00Z"}""";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_signed_body_is_taken_and_any_other_refused()
    {
        await using var host = await StartAsync(
            """{"signature_header":"X-Hub-Signature-256","signature_prefix":"sha256="}"""
        );
        var signature = "sha256=" + Hex(Body);
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(host, Body, ("X-Hub-Signature-256", signature)));
        Assert.Equal([Body], SpoolReading.Of(host.Spool, Feed.ClicksConversions));
        foreach (
            var wrong in (string[])
                [
                    "",
                    Hex(Body),
                    "sha256=",
                    signature[..^1],
                    signature + "0",
                    "sha256=" + Hex(Body + " "),
                    "sha256=" + new string('0', 64),
                    "sha256=" + new string('z', 64),
                    "sha1=" + Hex(Body),
                ]
        )
            Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(host, Body, ("X-Hub-Signature-256", wrong)));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(host, Body));
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await PostAsync(host, Body.Replace("o1", "o2"), ("X-Hub-Signature-256", signature))
        );
        Assert.Single(SpoolReading.Of(host.Spool, Feed.ClicksConversions));
    }

    [Fact]
    public async Task A_time_that_is_signed_keeps_old_deliveries_out()
    {
        await using var host = await StartAsync(
            """{"signature_header":"X-Signature","timestamp_header":"X-Time","signed":"v0:{timestamp}:{body}"}"""
        );
        foreach (var (offset, expected) in new[] { (0, 202), (-290, 202), (290, 202), (-310, 401), (310, 401) })
        {
            var time = $"{Now + offset}";
            var status = await PostAsync(host, Body, ("X-Signature", Hex($"v0:{time}:{Body}")), ("X-Time", time));
            Assert.Equal(expected, (int)status);
        }

        var old = $"{Now - 1000}";
        var signature = Hex($"v0:{old}:{Body}");
        // The time cannot be changed without the secret.
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await PostAsync(host, Body, ("X-Signature", signature), ("X-Time", $"{Now}"))
        );
        foreach (var time in (string[])["", "soon", "-1", "9223372036854775807", "99999999999999999999"])
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                await PostAsync(host, Body, ("X-Signature", Hex($"v0:{time}:{Body}")), ("X-Time", time))
            );
        Assert.Equal(3, SpoolReading.Of(host.Spool, Feed.ClicksConversions).Count);
    }

    /// <summary>The example of the specification "Standard Webhooks", whose secret and signature are
    /// published.</summary>
    [Fact]
    public void The_signature_of_a_published_example_is_reproduced()
    {
        var secret = new WebhookSecret(null, _folder.Write("s", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"), true);
        var hash = HMACSHA256.HashData(
            Assert.Single(secret.Read()),
            Encoding.UTF8.GetBytes("msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}")
        );
        Assert.Equal("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Convert.ToBase64String(hash));
    }

    [Fact]
    public async Task A_delivery_that_is_sent_again_is_taken_once()
    {
        await using var host = await StartAsync(
            """
            {"signature_header":"webhook-signature","signature_prefix":"v1,","signature_format":"base64",
             "timestamp_header":"webhook-timestamp","id_header":"webhook-id","signed":"{id}.{timestamp}.{body}"}
            """
        );
        for (var i = 0; i < 3; i++)
        {
            var time = $"{Now - i}";
            var own = "v1," + Convert.ToBase64String(Mac($"m1.{time}.{Body}"));
            // While the sender changes its secret there are two.
            var status = await PostAsync(
                host,
                Body,
                ("webhook-signature", $"v1,{Convert.ToBase64String(new byte[32])} {own}"),
                ("webhook-timestamp", time),
                ("webhook-id", "m1")
            );
            Assert.Equal(HttpStatusCode.Accepted, status);
        }

        Assert.Single(SpoolReading.Of(host.Spool, Feed.ClicksConversions));
        Assert.Equal(
            HttpStatusCode.BadRequest,
            await PostAsync(host, Body, ("webhook-signature", "v1,x"), ("webhook-timestamp", $"{Now}"))
        );
    }

    [Fact]
    public async Task A_secret_changes_while_the_server_runs()
    {
        await using var host = await StartAsync("""{"signature_header":"X-Signature"}""");
        var next = Convert.ToHexStringLower(HMACSHA256.HashData("next"u8, Encoding.UTF8.GetBytes(Body)));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(host, Body, ("X-Signature", next)));
        _folder.Write("secret", $"{Secret}\nnext\n");
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(host, Body, ("X-Signature", next)));
        Assert.Equal(
            HttpStatusCode.Accepted,
            await PostAsync(host, Body, ("X-Signature", Hex(Body).ToUpperInvariant()))
        );
        File.Delete(_folder.At("secret"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(host, Body, ("X-Signature", next)));
    }

    [Fact]
    public async Task The_body_is_signed_as_it_is_sent()
    {
        await using var host = await StartAsync("""{"signature_header":"X-Signature"}""");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(Body));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/webhooks/shop")
        {
            Content = new ByteArrayContent(packed.ToArray()),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Add(
            "X-Signature",
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), packed.ToArray()))
        );
        using var answer = await host.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal([Body], SpoolReading.Of(host.Spool, Feed.ClicksConversions));
    }

    [Fact]
    public async Task Other_webhooks_and_methods_are_named()
    {
        await using var host = await StartAsync("""{"signature_header":"X-Signature"}""");
        using var other = await host.Client.PostAsync("/v1/webhooks/other", null, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var get = await host.Client.GetAsync("/v1/webhooks/shop", Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
    }

    [Theory]
    [InlineData("""{}""", "not an array")]
    [InlineData("""[1]""", "not an array of objects")]
    [InlineData("""[{"feed":"x"}]""", "name is not there")]
    [InlineData("""[{"name":"a/b"}]""", "name is \"a/b\"")]
    [InlineData("""[{"name":"a","feeds":"x"}]""", "feeds is not known; allowed: name, feed")]
    [InlineData("""[{"name":"a","feed":"clicks"}]""", "feed is \"clicks\"; allowed: impressions, interactions")]
    [InlineData("""[{"name":"a","feed":"interactions","signature_header":"s"}]""", "allowed: one of them")]
    [InlineData(
        """[{"name":"a","feed":"interactions","secret_env":"ADX_NO_SUCH_VARIABLE","signature_header":"s"}]""",
        "the variable ADX_NO_SUCH_VARIABLE"
    )]
    [InlineData("""[{"name":"a","feed":"interactions","secret_file":"F"}]""", "signature_header is not there")]
    [InlineData(
        """[{"name":"a","feed":"interactions","secret_file":"F","signature_header":"s","signature_format":"b64"}]""",
        "signature_format is \"b64\"; allowed: hex, base64"
    )]
    [InlineData(
        """[{"name":"a","feed":"interactions","secret_file":"F","signature_header":"s","signed":"{body}."}]""",
        "signed is \"{body}.\""
    )]
    [InlineData(
        """[{"name":"a","feed":"interactions","secret_file":"F","signature_header":"s","timestamp_header":"t"}]""",
        "{timestamp} in it if there is a timestamp_header"
    )]
    [InlineData(
        """[{"name":"a","feed":"interactions","secret_file":"F","signature_header":"s","tolerance_seconds":0}]""",
        "tolerance_seconds is 0; allowed: 1 to 86400"
    )]
    [InlineData("""[""", "not JSON from line")]
    public void What_is_wrong_in_the_file_is_named(string json, string complaint)
    {
        var secret = _folder.Write("secret", Secret);
        var file = _folder.Write("w.json", json.Replace("\"F\"", JsonValue.Create(secret).ToJsonString()));
        var error = Assert.Throws<BadSettingException>(() => WebhookFile.Read(file));
        Assert.StartsWith("collector.webhooks_file is ", error.Message);
        Assert.Contains(complaint, error.Message);
    }

    private static byte[] Mac(string text) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text));

    private static string Hex(string text) => Convert.ToHexStringLower(Mac(text));

    private Task<CollectorHost> StartAsync(string members)
    {
        var webhook = JsonNode.Parse(members)!.AsObject();
        webhook["name"] = "shop";
        webhook["feed"] = "interactions";
        webhook["secret_file"] = _folder.Write("secret", Secret + "\n");
        var file = _folder.Write("webhooks.json", new JsonArray(webhook).ToJsonString());
        return CollectorHost.StartAsync(new CollectorOptions { WebhooksFile = file });
    }

    private static async Task<HttpStatusCode> PostAsync(
        CollectorHost host,
        string body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/webhooks/shop")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await host.Client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }
}
