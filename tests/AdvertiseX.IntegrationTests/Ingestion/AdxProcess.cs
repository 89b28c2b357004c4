using System.Diagnostics;
using System.Text.Json.Nodes;

namespace AdvertiseX.IntegrationTests.Ingestion;

/// <summary>The program in a process of its own, that can be watched and killed.</summary>
internal sealed class AdxProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _out;
    private readonly Task<string> _err;

    public AdxProcess(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "adx.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _out = _process.StandardOutput.ReadToEndAsync();
        _err = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Highest resident memory seen while the process was waited for, bytes; 0 where the system does not
    /// tell.</summary>
    public long PeakBytes { get; private set; }

    public string Errors { get; private set; } = "";

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> EndAsync()
    {
        while (!_process.HasExited)
        {
            Look();
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(50));
        }

        await _process.WaitForExitAsync();
        Errors = await _err;
        return _process.ExitCode;
    }

    /// <summary>The one JSON object that a run with --json prints; fails unless it exited with the code.</summary>
    public async Task<JsonObject> JsonAsync(int exitCode = 0)
    {
        var code = await EndAsync();
        Assert.True(code == exitCode, $"adx exited with {code}: {Errors}");
        return JsonNode.Parse(await _out)!.AsObject();
    }

    /// <summary>SIGKILL after a time, unless it ended before; true if it was killed.</summary>
    public async Task<bool> KillAfterAsync(TimeSpan time)
    {
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(time));
        if (_process.HasExited)
            return false;
        _process.Kill();
        await _process.WaitForExitAsync();
        return _process.ExitCode != 0;
    }

    public void Dispose() => _process.Dispose();

    private void Look()
    {
        try
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status")
                .FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            if (line != null)
                PeakBytes = Math.Max(
                    PeakBytes,
                    1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or this is no Linux.
        }
    }
}
