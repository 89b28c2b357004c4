using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Server.Access;
using AdvertiseX.Tests.Cli;
using AdvertiseX.Tests.Spool;

namespace AdvertiseX.Tests.Server;

/// <summary>Keys of the collector: kept as hashes, asked of every request once there is one, revoked within
/// seconds.</summary>
public sealed class CollectorKeysTests : IDisposable
{
    private const string Good = """{"impression_id":"i1","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}""";
    private static readonly AccessOptions Quick = new() { Interval = TimeSpan.FromSeconds(1) };

    private readonly TemporaryFolder _folder = new();
    private readonly KeyStore _store;

    public CollectorKeysTests() => _store = new KeyStore(new LocalObjectStore(_folder.At("lake")), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_secret_is_kept_nowhere()
    {
        var (key, text) = await _store.CreateAsync("shop", [Feed.Impressions], 5, Cancellation);
        Assert.Matches("^adx_[0-9a-f]{16}_[0-9a-f]{64}$", text);
        Assert.StartsWith($"adx_{key.Id}_", text);
        var secret = text[^64..];
        var files = Directory.GetFiles(_folder.At("lake"), "*", SearchOption.AllDirectories);
        Assert.Single(files);
        Assert.DoesNotContain(secret, await File.ReadAllTextAsync(files[0], Cancellation));
        var kept = Assert.Single(await _store.ListAsync(new Dictionary<string, CollectorKey>(), Cancellation));
        Assert.Equal(("shop", 5.0, false), (kept.Key.Name, kept.Key.RequestsPerSecond!.Value, kept.IsRevoked));
        Assert.Equal([Feed.Impressions], kept.Key.Feeds);
        Assert.Equal(key.SecretHash, kept.Key.SecretHash);
    }

    [Fact]
    public async Task Without_a_key_everybody_may_send_and_with_one_nobody_else()
    {
        await using var ring = await OpenAsync();
        await using var host = await CollectorHost.StartAsync(keys: ring);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, null)).Status);
        var (_, text) = await _store.CreateAsync("shop", [], null, Cancellation);
        await UntilAsync(() => ring.IsClosed);
        var (status, problem) = await PostAsync(host, null);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("urn:adx:problem:no-key", (string?)problem["type"]);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, ("Authorization", $"Bearer {text}"))).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, ("X-Api-Key", text))).Status);
        Assert.Equal(3, SpoolReading.Of(host.Spool, Feed.Impressions).Count);
    }

    [Fact]
    public async Task Whatever_is_no_key_is_refused()
    {
        var (key, text) = await _store.CreateAsync("shop", [], null, Cancellation);
        var (_, other) = await _store.CreateAsync("shop", [], null, Cancellation);
        await using var ring = await OpenAsync();
        await using var host = await CollectorHost.StartAsync(keys: ring);
        foreach (
            var (name, value) in new[]
            {
                ("Authorization", "Basic YTpi"),
                ("Authorization", text),
                ("Authorization", "Bearer"),
                ("Authorization", $"Bearer adx_{key.Id}_{other[^64..]}"),
                ("Authorization", $"Bearer {text[..^1]}"),
                ("Authorization", $"Bearer {text}0"),
                ("Authorization", $"Bearer {text.ToUpperInvariant()}"),
                ("X-Api-Key", $"adx_{new string('0', 16)}_{new string('0', 64)}"),
                ("X-Api-Key", "adx__"),
                ("X-Api-Key", new string('x', 10_000)),
            }
        )
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(host, (name, value))).Status);
        // In a query a key ends up in logs of others.
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(host, null, $"impressions?key={text}")).Status);
        Assert.Empty(SpoolReading.Of(host.Spool, Feed.Impressions));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, ("X-Api-Key", text))).Status);
    }

    [Fact]
    public async Task A_key_is_for_its_feeds()
    {
        var (_, text) = await _store.CreateAsync("shop", [Feed.ClicksConversions], null, Cancellation);
        await using var ring = await OpenAsync();
        await using var host = await CollectorHost.StartAsync(keys: ring);
        var (status, problem) = await PostAsync(host, ("X-Api-Key", text));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("allowed: interactions", (string?)problem["detail"]);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, ("X-Api-Key", text), "interactions")).Status);
    }

    [Fact]
    public async Task A_key_that_is_revoked_counts_no_more_and_does_not_open_the_collector()
    {
        var (key, text) = await _store.CreateAsync("shop", [], null, Cancellation);
        await using var ring = await OpenAsync();
        await using var host = await CollectorHost.StartAsync(keys: ring);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, ("X-Api-Key", text))).Status);
        Assert.Equal("shop", (await _store.RevokeAsync(key.Id, Cancellation))!.Name);
        Assert.NotNull(await _store.RevokeAsync(key.Id, Cancellation));
        Assert.Null(await _store.RevokeAsync(new string('0', 16), Cancellation));
        Assert.Null(await _store.RevokeAsync("../x", Cancellation));
        await UntilAsync(() => !ring.HasAny);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(host, ("X-Api-Key", text))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(host, null)).Status);
        await using var again = await OpenAsync();
        Assert.True(again is { IsClosed: true, HasAny: false });
    }

    [Fact]
    public async Task More_requests_than_a_key_may_send_are_told_when_to_come_again()
    {
        var (_, text) = await _store.CreateAsync("shop", [], 2, Cancellation);
        await using var ring = await OpenAsync();
        await using var host = await CollectorHost.StartAsync(keys: ring);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 10; i++)
            answers.Add((await PostAsync(host, ("X-Api-Key", text))).Status);
        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted], answers[..2]);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        using var request = Request(("X-Api-Key", text), "impressions");
        using var refused = await host.Client.SendAsync(request, Cancellation);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Two_senders_never_mean_one_delivery()
    {
        var (_, first) = await _store.CreateAsync("a", [], null, Cancellation);
        var (_, second) = await _store.CreateAsync("b", [], null, Cancellation);
        var (_, next) = await _store.CreateAsync("a", [], null, Cancellation);
        await using var ring = await OpenAsync();
        await using var host = await CollectorHost.StartAsync(keys: ring);
        foreach (var name in (string[])["k", new string('k', 255)])
        {
            Assert.False(await RepeatedAsync(first, name));
            Assert.False(await RepeatedAsync(second, name));
            // A key that takes over from another has its name.
            Assert.True(await RepeatedAsync(next, name));
        }

        async Task<bool> RepeatedAsync(string key, string name)
        {
            using var request = Request(("X-Api-Key", key), "impressions");
            request.Headers.Add("Idempotency-Key", name);
            using var answer = await host.Client.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            return (bool)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["repeated"]!;
        }
    }

    [Fact]
    public async Task While_the_store_fails_the_keys_that_were_known_count()
    {
        var (_, text) = await _store.CreateAsync("shop", [], null, Cancellation);
        var told = new List<string?>();
        await using var ring = await KeyRing.OpenAsync(_store, Quick, TimeProvider.System, told.Add, Cancellation);
        var damaged = Path.Join(_folder.At("lake"), "_keys", $"{new string('0', 16)}.json");
        await File.WriteAllTextAsync(damaged, "{}", Cancellation);
        await UntilAsync(() => told.Count == 1);
        Assert.Contains("_keys/0000000000000000.json is damaged", told[0]);
        Assert.NotNull(ring.Find(text));
        File.Delete(damaged);
        await UntilAsync(() => told.Count == 2);
        Assert.Null(told[1]);
    }

    private Task<KeyRing> OpenAsync() => KeyRing.OpenAsync(_store, Quick, TimeProvider.System, _ => { }, Cancellation);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 400 && !isSo(); i++)
            await Task.Delay(50, Cancellation);
        Assert.True(isSo());
    }

    private static HttpRequestMessage Request((string Name, string Value)? header, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{path}")
        {
            Content = new StringContent(Good, Encoding.UTF8, "application/json"),
        };
        if (header is var (name, value))
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(
        CollectorHost host,
        (string Name, string Value)? header,
        string path = "impressions"
    )
    {
        using var request = Request(header, path);
        using var answer = await host.Client.SendAsync(request, Cancellation);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!);
    }
}
