using System.Diagnostics;

namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>Runs the built program as a process of its own.</summary>
internal static class AdxProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The built program, copied beside the tests by the build.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "adx.dll");

    public static Task<AdxResult> RunAsync(string folder, params string[] args) =>
        RunAsync(folder, "dotnet", [Program, .. args]);

    /// <summary>Runs a command line of bash in which <c>adx</c> is the program.</summary>
    public static Task<AdxResult> ShellAsync(string folder, string script) =>
        RunAsync(folder, "bash", ["-c", $"set -o pipefail\nadx() {{ dotnet '{Program}' \"$@\"; }}\n{script}"]);

    /// <summary>Starts it; the caller waits for it.</summary>
    public static Process Start(
        string folder,
        string program,
        IEnumerable<string> args,
        params (string Name, string Value)[] variables
    )
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        foreach (var name in new[] { "ADX_LAKE", "ADX_CONFIG", "ADX_DEBUG", "ADX_COMMAND" })
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    internal static async Task<AdxResult> RunAsync(string folder, string program, IEnumerable<string> args)
    {
        using var process = Start(folder, program, args);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new AdxResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
