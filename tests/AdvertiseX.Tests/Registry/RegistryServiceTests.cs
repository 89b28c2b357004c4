using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Registry;
using AdvertiseX.Server;
using AdvertiseX.Tests.Cli;
using AdvertiseX.Tests.Lake;
using Microsoft.AspNetCore.Builder;

namespace AdvertiseX.Tests.Registry;

/// <summary>The registry over HTTP: addresses, codes, spellings, limits.</summary>
public sealed class RegistryServiceTests : IAsyncLifetime
{
    private const string A = """{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}""";
    private const string AWithB =
        """{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int","default":0}]}""";
    private const string AAndB =
        """{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}""";

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly List<string> _notices = [];
    private FlakyStore _store = null!;
    private SchemaRegistry _registry = null!;
    private HttpService _server = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new(new LocalObjectStore(_folder.Path));
        _registry = new(_store, TimeProvider.System);
        _server = await StartAsync("");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _registry.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_subject_from_its_first_schema_to_its_end()
    {
        Assert.Equal((200, "{}"), await AskAsync("GET", "/"));
        Assert.Equal((200, """["AVRO"]"""), await AskAsync("GET", "/schemas/types"));
        Assert.Equal((200, "[]"), await AskAsync("GET", "/subjects"));
        Assert.Equal((200, """{"id":1,"version":1}"""), await RegisterAsync("s", A));
        Assert.Equal((200, """{"id":1,"version":1}"""), await RegisterAsync("s", A));
        Assert.Equal((200, """{"id":2,"version":2}"""), await RegisterAsync("s", AWithB));
        Assert.Equal((200, """["s"]"""), await AskAsync("GET", "/subjects"));
        Assert.Equal((200, "[1,2]"), await AskAsync("GET", "/subjects/s/versions"));
        var second = new JsonObject
        {
            ["subject"] = "s",
            ["version"] = 2,
            ["id"] = 2,
            ["schema"] = AWithB,
        };
        foreach (var version in new[] { "2", "latest", "-1", "-1?deleted=False" })
            Assert.True(
                JsonNode.DeepEquals(
                    second,
                    JsonNode.Parse((await AskAsync("GET", $"/subjects/s/versions/{version}")).Body)
                )
            );
        Assert.Equal((200, AWithB), await AskAsync("GET", "/subjects/s/versions/2/schema"));
        Assert.Equal((200, A), await AskAsync("GET", "/schemas/ids/1/schema"));
        Assert.Equal(A, (string)JsonNode.Parse((await AskAsync("GET", "/schemas/ids/1?subject=s")).Body)!["schema"]!);
        Assert.Equal((200, """["s"]"""), await AskAsync("GET", "/schemas/ids/1/subjects"));
        Assert.Equal((200, """[{"subject":"s","version":1}]"""), await AskAsync("GET", "/schemas/ids/1/versions"));
        Assert.True(
            JsonNode.DeepEquals(
                second,
                JsonNode.Parse(
                    (await AskAsync("POST", "/subjects/s?normalize=False&deleted=True", Schema(AWithB))).Body
                )
            )
        );
        Assert.Equal((200, "[1,2]"), await AskAsync("DELETE", "/subjects/s"));
        Assert.Equal((200, "[]"), await AskAsync("GET", "/subjects"));
        Assert.Equal((200, """["s"]"""), await AskAsync("GET", "/subjects?deleted=True"));
        Assert.Equal((200, "[1,2]"), await AskAsync("GET", "/subjects/s/versions?deleted=true"));
        Assert.Equal((200, A), await AskAsync("GET", "/schemas/ids/1/schema"));
        Assert.Equal((200, "[1,2]"), await AskAsync("DELETE", "/subjects/s?permanent=True"));
        Assert.Equal((404, 40403), await CodeAsync("GET", "/schemas/ids/1"));
    }

    [Fact]
    public async Task Refusals_have_the_codes_of_Confluents_api()
    {
        await RegisterAsync("s", A);
        Assert.Equal((404, 40401), await CodeAsync("GET", "/subjects/none/versions"));
        Assert.Equal((404, 40401), await CodeAsync("GET", "/subjects/none/versions/latest"));
        Assert.Equal((404, 40401), await CodeAsync("POST", "/subjects/none", Schema(A)));
        Assert.Equal((404, 40402), await CodeAsync("GET", "/subjects/s/versions/7"));
        Assert.Equal((404, 40403), await CodeAsync("GET", "/schemas/ids/99"));
        Assert.Equal((404, 40403), await CodeAsync("GET", "/schemas/ids/x"));
        Assert.Equal((404, 40403), await CodeAsync("POST", "/subjects/s", Schema(AWithB)));
        Assert.Equal((404, 40408), await CodeAsync("GET", "/config/s"));
        Assert.Equal((404, 40408), await CodeAsync("DELETE", "/config/s"));
        Assert.Equal(
            (404, 40410),
            await CodeAsync("GET", "/associations/resources/-/t?resourceType=topic&associationType=value")
        );
        Assert.Equal((409, 40901), await CodeAsync("POST", "/subjects/s/versions", Schema(AAndB)));
        Assert.Equal((422, 42201), await CodeAsync("POST", "/subjects/s/versions", Schema("\"strin\"")));
        Assert.Equal((422, 42201), await CodeAsync("POST", "/subjects/s/versions", "{}"));
        Assert.Equal((422, 42202), await CodeAsync("GET", "/subjects/s/versions/first"));
        Assert.Equal((422, 42202), await CodeAsync("GET", "/subjects/s/versions/0"));
        Assert.Equal((422, 42203), await CodeAsync("PUT", "/config", """{"compatibility":"BACKWARDS"}"""));
        Assert.Equal((422, 42204), await CodeAsync("PUT", "/mode", """{"mode":"IMPORT"}"""));
        Assert.Equal((422, 42208), await CodeAsync("POST", "/subjects/a%07/versions", Schema(A)));
        Assert.Equal((404, 404), await CodeAsync("GET", "/nothing/here"));
        Assert.Equal((404, 404), await CodeAsync("PUT", "/subjects", "{}"));
    }

    [Theory]
    [InlineData("""{"schema":"syntax = \"proto3\";","schemaType":"PROTOBUF"}""", "PROTOBUF")]
    [InlineData("""{"schema":"{}","schemaType":"JSON"}""", "JSON")]
    [InlineData("""{"schema":"\"R\"","references":[{"name":"R","subject":"r","version":1}]}""", "references")]
    [InlineData("""{"schema":"\"R\"","references":{"name":"R","subject":"r","version":1}}""", "references")]
    [InlineData("""{"schema":"\"int\"","references":"r"}""", "references")]
    [InlineData("""{"schema":"\"int\"","ruleSet":{"domainRules":[]}}""", "rules")]
    public async Task What_is_not_served_is_refused_and_says_so(string body, string word)
    {
        var (status, text) = await AskAsync("POST", "/subjects/s/versions", body);
        Assert.Equal((422, 42201), (status, (int)JsonNode.Parse(text)!["error_code"]!));
        Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Levels_are_set_asked_and_taken_back()
    {
        Assert.Equal((200, """{"compatibilityLevel":"BACKWARD"}"""), await AskAsync("GET", "/config"));
        Assert.Equal(
            (200, """{"compatibility":"FULL"}"""),
            await AskAsync("PUT", "/config", """{"compatibility":"FULL"}""")
        );
        Assert.Equal(
            (200, """{"compatibility":"NONE"}"""),
            await AskAsync("PUT", "/config/s", """{"compatibility":"none"}""")
        );
        Assert.Equal((200, """{"compatibilityLevel":"NONE"}"""), await AskAsync("GET", "/config/s"));
        Assert.Equal(
            (200, """{"compatibilityLevel":"FULL"}"""),
            await AskAsync("GET", "/config/t?defaultToGlobal=true")
        );
        Assert.Equal((200, """{"compatibilityLevel":"NONE"}"""), await AskAsync("DELETE", "/config/s"));
        Assert.Equal((404, 40408), await CodeAsync("GET", "/config/s"));
        Assert.Equal((200, """{"mode":"READWRITE"}"""), await AskAsync("GET", "/mode/s"));
    }

    [Fact]
    public async Task Compatibility_is_told_with_reasons_where_they_are_asked_for()
    {
        await RegisterAsync("s", A);
        const string Latest = "/compatibility/subjects/s/versions/latest";
        Assert.Equal((200, """{"is_compatible":true}"""), await AskAsync("POST", Latest, Schema(AWithB)));
        Assert.Equal((200, """{"is_compatible":false}"""), await AskAsync("POST", Latest, Schema(AAndB)));
        var reasons = JsonNode.Parse((await AskAsync("POST", Latest + "?verbose=True", Schema(AAndB))).Body)!;
        Assert.Contains("'b'", (string)reasons["messages"]![0]!, StringComparison.Ordinal);
        Assert.Equal(
            (200, """{"is_compatible":true}"""),
            await AskAsync("POST", "/compatibility/subjects/new/versions/latest", Schema(A))
        );
        Assert.Equal((404, 40402), await CodeAsync("POST", "/compatibility/subjects/s/versions/9", Schema(A)));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("a b+c?d#e")]
    [InlineData("com.example.Größe-value")]
    [InlineData("..")]
    public async Task Any_name_can_be_a_subject(string subject)
    {
        await RegisterAsync(subject, A);
        Assert.Equal([subject], (await _registry.StateAsync(default)).Subjects.Keys);
        Assert.Equal((200, "[1]"), await RawAsync($"/subjects/{Encoded(subject)}/versions"));
    }

    [Fact]
    public async Task Bodies_that_are_too_long_or_no_json_are_refused()
    {
        Assert.Equal((413, 413), await CodeAsync("POST", "/subjects/s/versions", Schema(new string(' ', 1 << 20) + A)));
        Assert.Equal((400, 400), await CodeAsync("POST", "/subjects/s/versions", "{"));
        Assert.Equal((400, 400), await CodeAsync("POST", "/subjects/s/versions", "[]"));
        Assert.Equal((400, 400), await CodeAsync("POST", "/subjects/s/versions", """{"schema":7}"""));
        Assert.Equal((400, 400), await CodeAsync("POST", "/subjects/s/versions", """{"schema":"\ud800"}"""));
        using var form = new StringContent("schema=x", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await _http.PostAsync(new Uri($"http://{_server.EndPoint}/subjects/s/versions"), form);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal((200, "[]"), await AskAsync("GET", "/subjects"));
    }

    [Fact]
    public async Task A_store_that_fails_is_an_error_of_the_server_and_is_told()
    {
        _store.FailPuts = 1;
        Assert.Equal((500, 50001), await CodeAsync("POST", "/subjects/s/versions", Schema(A)));
        Assert.Contains("refused", Assert.Single(_notices), StringComparison.Ordinal);
        Assert.Equal(200, (await RegisterAsync("s", A)).Status);
    }

    [Fact]
    public async Task Those_who_are_not_in_the_file_of_users_are_turned_away()
    {
        var users = _folder.Write("users", "# cat:secret\nann:secret:with colon\n\n:secret\n:\nbob:other\n");
        await using var server = await StartAsync(users);
        var address = new Uri($"http://{server.EndPoint}/subjects");
        foreach (
            var (user, status) in new[]
            {
                ("ann:secret:with colon", 200),
                ("bob:other", 200),
                ("bob:secret", 401),
                ("bob:", 401),
                ("# cat:secret", 401),
                (":secret", 401),
                (":", 401),
                ("", 401),
            }
        )
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, address);
            if (user.Length > 0)
                question.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
            using var answer = await _http.SendAsync(question);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        File.Delete(users);
        using var last = new HttpRequestMessage(HttpMethod.Get, address);
        last.Headers.Authorization = new("Basic", Convert.ToBase64String("bob:other"u8));
        using var unknown = await _http.SendAsync(last);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.Equal(50301, (int)JsonNode.Parse(await unknown.Content.ReadAsStringAsync())!["error_code"]!);
        Assert.StartsWith("registry.users_file cannot be read", Assert.Single(_notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_let_nobody_in_are_remarked_without_what_they_hold()
    {
        var users = new RegistryUsers(_folder.Write("users", "# all of them\nann:secret\n:hidden\nhidden\n\n"));
        Assert.Equal(
            [
                "registry.users_file: line 3 lets nobody in: it has no user before its colon; allowed: user:password, or # and a comment",
                "registry.users_file: line 4 lets nobody in: it has no colon; allowed: user:password, or # and a comment",
            ],
            users.Remarks()
        );
        Assert.Equal(
            ["registry.users_file names no user: nobody may ask"],
            new RegistryUsers(_folder.Write("none", "# ann:secret\n")).Remarks()
        );
        Assert.Empty(new RegistryUsers("").Remarks());
    }

    [Fact]
    public async Task A_request_that_is_being_answered_is_answered_before_the_server_ends()
    {
        var asked = new TaskCompletionSource();
        var server = await HttpService.StartAsync(
            new(IPAddress.Loopback, 0),
            application =>
                application.Run(async context =>
                {
                    asked.SetResult();
                    await Task.Delay(500);
                    await context.Response.Body.WriteAsync("done"u8.ToArray());
                })
        );
        var answer = _http.GetStringAsync(new Uri($"http://{server.EndPoint}/"));
        await asked.Task;
        await server.DisposeAsync();
        Assert.Equal("done", await answer);
    }

    [Theory]
    [InlineData("127.0.0.1:8081", "127.0.0.1:8081")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("0.0.0.0:1", "0.0.0.0:1")]
    [InlineData("[::1]:8081", "[::1]:8081")]
    [InlineData("::1:8081", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData(":8081", null)]
    [InlineData("127.0.0.1:65536", null)]
    [InlineData("127.0.0.1:-1", null)]
    [InlineData("example.com:80", null)]
    [InlineData("", null)]
    public void An_address_to_listen_on_has_a_port(string text, string? expected) =>
        Assert.Equal(expected, ListenAddress.Parse(text)?.ToString());

    private Task<HttpService> StartAsync(string users)
    {
        var service = new RegistryService(_registry, new RegistryUsers(users), _notices.Add);
        return HttpService.StartAsync(new(IPAddress.Loopback, 0), application => application.Run(service.AnswerAsync));
    }

    private static string Schema(string schema) => new JsonObject { ["schema"] = schema }.ToJsonString();

    private static string Encoded(string subject) => subject == ".." ? "%2E%2E" : Uri.EscapeDataString(subject);

    private Task<(int Status, string Body)> RegisterAsync(string subject, string schema) =>
        RawAsync($"/subjects/{Encoded(subject)}/versions", Schema(schema));

    private async Task<(int Status, int Code)> CodeAsync(string method, string path, string? body = null)
    {
        var (status, text) = await AskAsync(method, path, body);
        return (status, (int)JsonNode.Parse(text)!["error_code"]!);
    }

    private async Task<(int Status, string Body)> AskAsync(string method, string path, string? body = null)
    {
        using var question = new HttpRequestMessage(new(method), $"http://{_server.EndPoint}{path}");
        if (body is not null)
            question.Content = new StringContent(body, MediaTypeHeaderValue.Parse(RegistryAnswers.ContentType));
        using var answer = await _http.SendAsync(question);
        Assert.Equal(RegistryAnswers.ContentType, answer.Content.Headers.ContentType?.MediaType);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Asks with the path exactly as it is written: HttpClient changes some.</summary>
    private async Task<(int Status, string Body)> RawAsync(string path, string? body = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server.EndPoint);
        var content = Encoding.UTF8.GetBytes(body ?? "");
        var head =
            $"{(body is null ? "GET" : "POST")} {path} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\n\r\n";
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(content);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        return (
            int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture),
            answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]
        );
    }
}
