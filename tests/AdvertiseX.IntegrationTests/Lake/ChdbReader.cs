using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>chDB as a reader of Delta tables that nobody here wrote; installed from npm into artifacts/ when first
/// needed.</summary>
internal static class ChdbReader
{
    private const string Version = "3.4.0";

    /// <summary>
    /// Runs statements over tables below a folder (chDB reads nothing outside of where it was started), one result
    /// (rows of texts) each. Skips the test where Node or npm is absent.
    /// </summary>
    public static async Task<string?[][][]> QueryAsync(string folder, IReadOnlyList<string> statements)
    {
        var packages = await InstallAsync();
        var script = Path.Combine(AppContext.BaseDirectory, "Lake", "chdb.mjs");
        var input = JsonSerializer.Serialize(statements);
        // chDB 3.4.0 dies now and then by a signal and without a word, which says nothing of the tables: the same
        // questions are then asked again. An answer, or an error with words, stands.
        for (var attempt = 1; ; attempt++)
            try
            {
                return JsonSerializer.Deserialize<string?[][][]>(
                    await RunAsync("node", [script, packages], folder, input)
                )!;
            }
            catch (EndedBySignalException) when (attempt < 3)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(RepositoryRoot(), "artifacts", "npm", $"chdb-{Version}");
        if (File.Exists(Path.Combine(folder, "installed")))
            return folder;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), "{\"private\":true}");
        await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--silent", $"chdb@{Version}"], folder, "");
        await File.WriteAllTextAsync(Path.Combine(folder, "installed"), Version);
        return folder;
    }

    private static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        string input
    )
    {
        using var process = new Process();
        process.StartInfo = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed; chDB comes from npm.");
        }
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode == 0)
            return await output;
        var words = $"{program} ended with {process.ExitCode}: {await errors}";
        throw process.ExitCode > 128 ? new EndedBySignalException(words) : new InvalidOperationException(words);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "global.json")))
            folder =
                folder.Parent ?? throw new DirectoryNotFoundException("global.json is in no folder above the tests.");
        return folder.FullName;
    }

    /// <summary>A process ended by a signal: 128 and the signal's number, as .NET and shells say it.</summary>
    private sealed class EndedBySignalException(string message) : Exception(message);
}
