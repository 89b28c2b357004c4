using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AdvertiseX.IntegrationTests.Cli;
using AdvertiseX.IntegrationTests.Kafka;

namespace AdvertiseX.IntegrationTests.Registry;

/// <summary><c>adx registry serve</c> as a process: its address, its end, and several of them on one lake.</summary>
public sealed class RegistryServeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-serve-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Two_processes_on_one_lake_share_ids_and_end_by_sigterm()
    {
        var (one, first) = await StartAsync();
        using var owner = one;
        var (other, second) = await StartAsync();
        using var guest = other;
        using var http = new HttpClient();

        var ids = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async writer =>
                {
                    var numbers = new List<(int Schema, int Id)>();
                    for (var i = 0; i < 5; i++)
                        numbers.Add(
                            (
                                (writer + i) % 7,
                                await RegisterAsync(http, writer % 2 == 0 ? first : second, (writer + i) % 7)
                            )
                        );
                    return numbers;
                })
        );

        var distinct = ids.SelectMany(each => each).Distinct().ToList();
        Assert.Equal(Enumerable.Range(1, 7), distinct.Select(each => each.Id).Order());
        foreach (var process in new[] { one, other })
        {
            StreamWorld.Signal(process, "TERM");
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
        }

        var (again, third) = await StartAsync();
        using var heir = again;
        Assert.Equal("[\"s\"]", await http.GetStringAsync(new Uri($"{third}/subjects")));
        StreamWorld.Signal(again, "TERM");
        await again.WaitForExitAsync(TestContext.Current.CancellationToken);
        // The lake is a lake like any other.
        Assert.Equal(0, (await RunAsync("lake", "verify", "--lake", "lake")).Code);
    }

    [Fact]
    public async Task A_port_that_is_taken_or_an_address_that_is_none_is_told_in_one_line()
    {
        var (process, url) = await StartAsync();
        using var owner = process;
        var port = new Uri(url).Port;

        var taken = await RunAsync("registry", "serve", "--lake", "lake", "--listen", $"127.0.0.1:{port}");
        var foreign = await RunAsync("registry", "serve", "--lake", "lake", "--listen", "192.0.2.1:8081");
        var wrong = await RunAsync("registry", "serve", "--lake", "lake", "--listen", "8081");

        StreamWorld.Signal(process, "TERM");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 1, 2), (taken.Code, foreign.Code, wrong.Code));
        Assert.Contains($"{port}", Assert.Single(Lines(taken.Error)), StringComparison.Ordinal);
        Assert.Contains(
            "cannot listen on 192.0.2.1:8081",
            Assert.Single(Lines(foreign.Error)),
            StringComparison.Ordinal
        );
        Assert.Contains("--listen is \"8081\"; allowed", wrong.Error, StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private Task<AdxResult> RunAsync(params string[] args) => AdxProcess.RunAsync(_folder.FullName, args);

    private async Task<(Process Process, string Url)> StartAsync()
    {
        var process = AdxProcess.Start(
            _folder.FullName,
            "dotnet",
            [AdxProcess.Program, "registry", "serve", "--lake", "lake", "--listen", "127.0.0.1:0", "--json"]
        );
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var text = "";
        while (!text.Contains('}', StringComparison.Ordinal))
            text +=
                await process.StandardOutput.ReadLineAsync(limit.Token)
                ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(limit.Token));
        return (process, (string)JsonNode.Parse(text)!["url"]!);
    }

    private static async Task<int> RegisterAsync(HttpClient http, string url, int number)
    {
        var schema = $$"""{"type":"record","name":"R","fields":[{"name":"f{{number}}","type":"int","default":0}]}""";
        using var content = new StringContent(
            new JsonObject { ["schema"] = schema }.ToJsonString(),
            MediaTypeHeaderValue.Parse("application/vnd.schemaregistry.v1+json")
        );
        using var answer = await http.PostAsync(new Uri($"{url}/subjects/s/versions"), content);
        var body = await answer.Content.ReadAsStringAsync();
        return (int)(JsonNode.Parse(body)!["id"] ?? throw new InvalidOperationException(body));
    }
}
