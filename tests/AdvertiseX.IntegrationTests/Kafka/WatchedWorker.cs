using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>A worker in a process of its own that answers over HTTP, and its log.</summary>
internal sealed class WatchedWorker : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Starts a worker with JSON lines in its log and a free port.</summary>
    public WatchedWorker(StreamWorld world, string[] worker)
    {
        Process = world.Start([.. worker, "--metrics-listen", "127.0.0.1:0", "--log-format", "json"]);
        Process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
                _lines.Enqueue(text);
        };
        Process.BeginErrorReadLine();
        Process.StandardInput.Close();
    }

    public Process Process { get; }

    /// <summary>What it wrote to standard error, a JSON object each.</summary>
    public IReadOnlyList<JsonObject> Lines => [.. _lines.Select(line => JsonNode.Parse(line)!.AsObject())];

    public IEnumerable<JsonObject> Events(string code) => Lines.Where(line => (string)line["event"]! == code);

    /// <summary>Code and body of a page.</summary>
    public async Task<(HttpStatusCode Code, string Body)> GetAsync(string path)
    {
        await UntilAsync(() => Events("listening").Any());
        using var answer = await _http.GetAsync((string)Events("listening").First()["fields"]!["address"]! + path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The sum of the samples of a metric whose line begins with a text; 0 if there is none.</summary>
    public async Task<double> MetricAsync(string begin) =>
        (await GetAsync("/metrics"))
            .Body.Split('\n')
            .Where(line => line.StartsWith(begin, StringComparison.Ordinal))
            .Sum(line =>
                double.Parse(
                    line[(line.IndexOf("} ", StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0],
                    System.Globalization.CultureInfo.InvariantCulture
                )
            );

    /// <summary>Waits until the worker is ready.</summary>
    public Task UntilReadyAsync() =>
        UntilAsync(async () => (await GetAsync("/health/ready")).Code == HttpStatusCode.OK);

    /// <summary>Waits until the worker is not ready for a reason.</summary>
    public Task UntilNotReadyAsync(string code, string? part = null) =>
        UntilAsync(async () =>
        {
            var (status, body) = await GetAsync("/health/ready");
            return status == HttpStatusCode.ServiceUnavailable
                && JsonNode.Parse(body)!["reasons"]!
                    .AsArray()
                    .Any(why => (string)why!["code"]! == code && (string?)why["part"] == part);
        });

    public Task UntilAsync(Func<bool> until) => UntilAsync(() => Task.FromResult(until()));

    public async Task UntilAsync(Func<Task<bool>> until)
    {
        for (var started = Stopwatch.GetTimestamp(); !await until(); )
        {
            Assert.True(
                Stopwatch.GetElapsedTime(started) < Limit && !Process.HasExited,
                $"the worker ended or it takes too long: {string.Join('\n', _lines)}"
            );
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    public void Signal(string signal) => StreamWorld.Signal(Process, signal);

    /// <summary>Waits for its end; the exit code.</summary>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        using var source = new CancellationTokenSource(limit);
        await Process.WaitForExitAsync(source.Token);
        return Process.ExitCode;
    }

    public void Dispose()
    {
        if (!Process.HasExited)
            Process.Kill();
        Process.Dispose();
        _http.Dispose();
    }
}
