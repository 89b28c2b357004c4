using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdvertiseX.Server.Collecting;

namespace AdvertiseX.Tests.Server;

/// <summary>The description of the collector says what it does.</summary>
public sealed partial class CollectorApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_described_is_there_and_refuses_other_methods()
    {
        await using var host = await CollectorHost.StartAsync(new CollectorOptions { ClickHosts = "shop.example" });
        var document = JsonNode.Parse(await host.Client.GetStringAsync("/openapi.json", Cancellation))!;
        Assert.Equal("3.1.0", (string?)document["openapi"]);
        Assert.Equal(6, document["paths"]!.AsObject().Count);
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            var known = methods!.AsObject().Single().Key.ToUpperInvariant();
            using var put = await host.Client.SendAsync(new(HttpMethod.Put, path), Cancellation);
            if (path.Contains('{'))
            {
                Assert.Equal(HttpStatusCode.NotFound, put.StatusCode);
                continue;
            }

            Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
            Assert.Equal([known], put.Content.Headers.Allow);
        }
    }

    [Fact]
    public void References_lead_somewhere_and_ids_are_there_once()
    {
        var document = CollectorApi.Document("1");
        var schemas = document["components"]!["schemas"]!.AsObject();
        var references = Reference().Matches(document.ToJsonString()).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(3, references.Distinct().Count());
        Assert.All(references, name => Assert.True(schemas.ContainsKey(name), name));
        var ids = CollectorApi.Operations.Select(operation => operation.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Contains("postBidRequests", ids);
    }

    [Fact]
    public async Task Answers_have_the_members_that_are_described()
    {
        await using var host = await CollectorHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/impressions")
        {
            Content = new StringContent("""[{"impression_id":"i","timestamp":"2024-03-01","creative_id":"c"},{}]"""),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Prefer", "return=representation");
        using var answer = await host.Client.SendAsync(request, Cancellation);
        var receipt = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!.AsObject();
        Hold(receipt, "Receipt");
        foreach (var verdict in receipt["events"]!.AsArray())
            Hold(verdict!.AsObject(), "EventVerdict");
        using var problem = await host.Client.GetAsync("/v1/nothing", Cancellation);
        Assert.Equal("application/problem+json", problem.Content.Headers.ContentType!.MediaType);
        Hold(JsonNode.Parse(await problem.Content.ReadAsStringAsync(Cancellation))!.AsObject(), "Problem");

        static void Hold(JsonObject found, string name)
        {
            var schema = CollectorApi.Document("1")["components"]!["schemas"]![name]!;
            Assert.All(found, member => Assert.NotNull(schema["properties"]![member.Key]));
            Assert.All(schema["required"]!.AsArray(), member => Assert.True(found.ContainsKey((string)member!)));
        }
    }

    /// <summary>Every problem that the code knows stands on the page.</summary>
    [Fact]
    public void The_page_has_every_problem()
    {
        var folder = Path.Combine(Repository.Root, "src", "AdvertiseX.Server", "Collecting");
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "collector.md"));
        var named = Directory
            .EnumerateFiles(folder, "*.cs")
            .SelectMany(file => Slug().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        Assert.Contains("body-too-large", named);
        Assert.Contains("feed-not-allowed", named);
        Assert.InRange(named.Count, 18, 40);
        Assert.All(named, slug => Assert.Contains($"`{slug}`", page));
    }

    [Fact]
    public async Task The_page_for_people_loads_nothing_from_elsewhere()
    {
        await using var host = await CollectorHost.StartAsync();
        using var answer = await host.Client.GetAsync("/docs", Cancellation);
        var html = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("POST /v1/bid-requests", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("src=", html);
        Assert.DoesNotContain("http", html.Replace("AdvertiseX", ""));
    }

    [GeneratedRegex("\"#/components/schemas/(\\w+)\"")]
    private static partial Regex Reference();

    // A problem is made with its status and this.
    [GeneratedRegex("(?:Status\\d\\w+,|Forbidden\\(|Unsupported\\()\\s*\"([a-z-]+)\"")]
    private static partial Regex Slug();
}
