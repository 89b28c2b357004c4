using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.IntegrationTests.Cli;
using AdvertiseX.IntegrationTests.Kafka;

namespace AdvertiseX.IntegrationTests.Serving;

/// <summary><c>adx serve</c> in a process of its own, on a free port.</summary>
internal sealed class ServedProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    public ServedProcess(string lake, params string[] args)
    {
        _process = AdxProcess.Start(
            Path.GetDirectoryName(lake)!,
            "dotnet",
            [AdxProcess.Program, "serve", "--lake", lake, "--listen", "127.0.0.1:0", "--log-format", "json", .. args]
        );
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _process.StandardInput.Close();
    }

    public string Said => string.Join('\n', _lines);

    /// <summary>The most memory that the process ever had.</summary>
    public long PeakWorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Memory that it holds now, bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Waits until it listens.</summary>
    public async Task<ServedProcess> ListensAsync()
    {
        for (var began = Stopwatch.GetTimestamp(); ; )
        {
            foreach (var line in _lines)
                if (line.StartsWith('{') && JsonNode.Parse(line) is { } json && (string?)json["event"] == "listening")
                {
                    Http.BaseAddress ??= new Uri((string)json["fields"]!["address"]!);
                    return this;
                }

            Assert.True(!_process.HasExited && Stopwatch.GetElapsedTime(began) < Limit, Said);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Posts a body; null if there was no answer.</summary>
    public async Task<HttpResponseMessage?> PostAsync(
        string path,
        string body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        try
        {
            return await Http.SendAsync(request);
        }
        catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Tells it to stop; it ends well.</summary>
    public async Task StopAsync()
    {
        StreamWorld.Signal(_process, "TERM");
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        Assert.True(_process.ExitCode == 0, Said);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        Http.Dispose();
    }
}
