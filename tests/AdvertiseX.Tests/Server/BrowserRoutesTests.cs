using System.Net;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Messages;
using AdvertiseX.Server;
using AdvertiseX.Server.Access;
using AdvertiseX.Server.Collecting;
using AdvertiseX.Spool;
using AdvertiseX.Tests.Cli;
using AdvertiseX.Tests.Spool;

namespace AdvertiseX.Tests.Server;

/// <summary>What browsers ask for: the pixel, the click redirect, and permission for pages (CORS).</summary>
public sealed class BrowserRoutesTests : IDisposable
{
    private static readonly CollectorOptions Options = new() { ClickHosts = "shop.example, *.shop.example" };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pixel_is_an_impression_and_comes_when_it_is_kept()
    {
        await using var host = await CollectorHost.StartAsync();
        using var answer = await GetAsync(
            host,
            "/v1/pixel.gif?impression_id=i1&creative_id=c%26d&user_id=a+b%2B%C3%A4&seg=1&seg=2&empty=&flag&key=x&bad=%zz%4",
            ("User-Agent", "Browser/1.0"),
            ("Referer", "https://news.example/a")
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("image/gif", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var gif = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal(43, gif.Length);
        Assert.Equal("GIF89a"u8.ToArray(), gif[..6]);
        var kept = JsonNode.Parse(Assert.Single(SpoolReading.Of(host.Spool, Feed.Impressions)))!.AsObject();
        var time = DateTimeOffset.Parse((string)kept["timestamp"]!);
        Assert.InRange(TimeProvider.System.GetUtcNow() - time, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
        kept.Remove("timestamp");
        Assert.Equal(
            """{"impression_id":"i1","creative_id":"c&d","user_id":"a b+ä","seg":["1","2"],"empty":"","flag":"","bad":"%zz%4","user_agent":"Browser/1.0","page_url":"https://news.example/a"}""",
            kept.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
        );
    }

    [Fact]
    public async Task What_a_parameter_says_is_not_filled_in()
    {
        await using var host = await CollectorHost.StartAsync();
        using var answer = await GetAsync(
            host,
            "/v1/pixel.gif?creative_id=c&TS=1709287200&ua=mine&url=u&site=s.example",
            ("User-Agent", "Browser/1.0"),
            ("Referer", "https://news.example/a")
        );
        Assert.Equal(
            """{"creative_id":"c","TS":"1709287200","ua":"mine","site":"s.example"}""",
            Assert.Single(SpoolReading.Of(host.Spool, Feed.Impressions))
        );
    }

    [Theory]
    [InlineData("creative_id=c", Feed.Impressions, EventKind.Impression)]
    [InlineData("type=impression&creative_id=c", Feed.Impressions, EventKind.Impression)]
    [InlineData("type=click&campaign_id=k", Feed.ClicksConversions, EventKind.Click)]
    [InlineData("type=purchase&campaign_id=k&revenue=9.99", Feed.ClicksConversions, EventKind.Conversion)]
    public async Task What_a_pixel_keeps_is_valid(string query, Feed feed, EventKind kind)
    {
        await using var host = await CollectorHost.StartAsync();
        using var answer = await GetAsync(host, $"/v1/pixel.gif?{query}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = System.Text.Encoding.UTF8.GetBytes(Assert.Single(SpoolReading.Of(host.Spool, feed)));
        using var judge = new DeliveryJudge(new AdvertiseX.Ingestion.IngestOptions(), KnownSchemas.Shipped);
        var now = (TimeProvider.System.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        var verdict = Assert.Single(judge.Judge(feed, MessageFormat.Json, body, now));
        Assert.Equal((EventOutcome.Valid, kind), (verdict.Outcome, verdict.Kind));
    }

    [Fact]
    public async Task No_picture_comes_where_nothing_is_kept()
    {
        await using var host = await CollectorHost.StartAsync();
        host.Disk.FlushFails = true;
        using var failed = await GetAsync(host, "/v1/pixel.gif?creative_id=c");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        using var foreign = await GetAsync(host, "/v1/pixel.gif?creative_id=c", ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var head = await host.Client.SendAsync(new(HttpMethod.Head, "/v1/pixel.gif"), Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        Assert.Equal(["GET"], head.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_key_may_stand_in_the_address_of_a_pixel_and_of_a_click()
    {
        var store = new KeyStore(new LocalObjectStore(_folder.Path), TimeProvider.System);
        var (_, key) = await store.CreateAsync("page", [Feed.Impressions], null, Cancellation);
        await using var ring = await KeyRing.OpenAsync(
            store,
            new AccessOptions(),
            TimeProvider.System,
            _ => { },
            Cancellation
        );
        await using var host = await CollectorHost.StartAsync(Options, ring);
        using var without = await GetAsync(host, "/v1/pixel.gif?creative_id=c");
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        using var with = await GetAsync(
            host,
            $"/v1/pixel.gif?creative_id=c&key={key}",
            ("Sec-Fetch-Site", "cross-site"),
            ("Host", "events.example")
        );
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        Assert.DoesNotContain(key, Assert.Single(SpoolReading.Of(host.Spool, Feed.Impressions)));
        using var click = await GetAsync(host, $"/v1/click?url=https://shop.example/&key={key}");
        Assert.Equal(HttpStatusCode.Forbidden, click.StatusCode);
    }

    [Fact]
    public async Task A_click_is_kept_and_leads_on_byte_for_byte()
    {
        const string Target = "https://www.shop.example/a%2Fb/%E4?q=1+2&r=%20~%7E;,'\"<x>#frag|[]";
        await using var host = await CollectorHost.StartAsync(Options);
        var answer = await host.SendAsync(
            $"GET /v1/click?campaign_id=k&url={Uri.EscapeDataString(Target)}&click_id=c1 HTTP/1.1\r\nHost: localhost\r\nReferer: https://news.example/\r\nConnection: close\r\n\r\n",
            halfClose: false
        );
        Assert.StartsWith("HTTP/1.1 302", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nLocation: {Target}\r\n", answer);
        Assert.Contains("\r\nAdx-Kept: yes\r\n", answer);
        Assert.Contains("\r\nCache-Control: no-store\r\n", answer);
        var kept = JsonNode.Parse(Assert.Single(SpoolReading.Of(host.Spool, Feed.ClicksConversions)))!;
        Assert.Equal("click", (string?)kept["type"]);
        Assert.Equal("c1", (string?)kept["click_id"]);
        Assert.Equal(Target, (string?)kept["landing_page"]);
        Assert.Null(kept["url"]);
        Assert.Null(kept["page_url"]);
    }

    [Fact]
    public async Task A_click_that_cannot_be_kept_leads_on_and_says_so()
    {
        await using var host = await CollectorHost.StartAsync(Options);
        host.Disk.FlushFails = true;
        using var answer = await GetAsync(host, "/v1/click?url=https://shop.example/a");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("https://shop.example/a", answer.Headers.Location!.OriginalString);
        Assert.Equal(["no"], answer.Headers.GetValues("Adx-Kept"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?campaign_id=k")]
    [InlineData("?url=")]
    [InlineData("?url=https://evil.example/")]
    [InlineData("?url=https://shop.example.evil.example/")]
    [InlineData("?url=https://shop.example%40evil.example/")]
    [InlineData("?url=https://evil.example%5C.shop.example/")]
    [InlineData("?url=https://shop.example/%0d%0aSet-Cookie:a=b")]
    [InlineData("?url=javascript:alert(1)")]
    [InlineData("?url=//shop.example/")]
    [InlineData("?url=https%253A%252F%252Fshop.example")]
    [InlineData("?url=https://evil.example/&url=https://shop.example/")]
    public async Task A_click_leads_nowhere_else(string query)
    {
        await using var host = await CollectorHost.StartAsync(Options);
        using var answer = await GetAsync(host, $"/v1/click{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("bad-target", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Null(answer.Headers.Location);
        Assert.Empty(SpoolReading.Of(host.Spool, Feed.ClicksConversions));
    }

    [Fact]
    public async Task Without_hosts_there_is_no_click_redirect()
    {
        await using var host = await CollectorHost.StartAsync();
        using var answer = await GetAsync(host, "/v1/click?url=https://shop.example/");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Pages_of_the_list_may_send_and_read_answers()
    {
        await using var host = await CollectorHost.StartAsync(
            new CollectorOptions { CorsOrigins = "https://shop.example, http://localhost:3000" }
        );
        using var question = new HttpRequestMessage(HttpMethod.Options, "/v1/impressions");
        question.Headers.Add("Origin", "https://shop.example");
        question.Headers.Add("Access-Control-Request-Method", "POST");
        question.Headers.Add("Access-Control-Request-Headers", "x-api-key");
        using var allowed = await host.Client.SendAsync(question, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal(["https://shop.example"], allowed.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Contains("X-Api-Key", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.Equal(["Origin"], allowed.Headers.Vary);
        foreach (var (body, status) in new[] { ("{}", HttpStatusCode.Accepted), ("", HttpStatusCode.BadRequest) })
        {
            using var post = new HttpRequestMessage(HttpMethod.Post, "/v1/impressions")
            {
                Content = new StringContent(body, null, "application/json"),
            };
            post.Headers.Add("Origin", "http://localhost:3000");
            using var answer = await host.Client.SendAsync(post, Cancellation);
            Assert.Equal(status, answer.StatusCode);
            // A page may read a problem too.
            Assert.Equal(["http://localhost:3000"], answer.Headers.GetValues("Access-Control-Allow-Origin"));
        }

        foreach (
            var other in (string[])
                ["https://shop.example.evil", "http://shop.example", "null", "https://shop.example:8443"]
        )
        {
            using var post = new HttpRequestMessage(HttpMethod.Post, "/v1/impressions")
            {
                Content = new StringContent("{}", null, "application/json"),
            };
            post.Headers.TryAddWithoutValidation("Origin", other);
            using var answer = await host.Client.SendAsync(post, Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }

        Assert.Single(SpoolReading.Of(host.Spool, Feed.Impressions));
    }

    [Theory]
    [InlineData("shop.example")]
    [InlineData("https://shop.example/")]
    [InlineData("https://a@shop.example")]
    [InlineData("https://shop.example, nonsense")]
    public void What_is_not_an_origin_is_named(string origins) =>
        Assert.Contains(
            $"collector.cors_origins is \"{origins}\"",
            Assert.Throws<BadSettingException>(() => new CrossOrigin(origins)).Message
        );

    private static async Task<HttpResponseMessage> GetAsync(
        CollectorHost host,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = host.Client.BaseAddress,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, Cancellation);
    }
}
