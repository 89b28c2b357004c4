using System.ComponentModel;
using System.Diagnostics;
using AdvertiseX.Tests;

namespace AdvertiseX.IntegrationTests;

/// <summary>Packages of npm that tests compare with, installed into artifacts/ when first needed.</summary>
internal static class NodePackage
{
    /// <summary>The folder that holds a package's node_modules. Skips the test where npm is absent.</summary>
    public static async Task<string> InstallAsync(string package, string version)
    {
        var name = package[(package.LastIndexOf('/') + 1)..];
        var folder = Path.Combine(Repository.Root, "artifacts", "npm", $"{name}-{version}");
        if (File.Exists(Path.Combine(folder, "installed")))
            return folder;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), "{\"private\":true}");
        await StartAsync("npm", ["install", "--no-audit", "--no-fund", "--silent", $"{package}@{version}"], folder, "");
        await File.WriteAllTextAsync(Path.Combine(folder, "installed"), version);
        return folder;
    }

    /// <summary>Runs a script with Node; what it prints. Skips the test where Node is absent.</summary>
    /// <exception cref="EndedBySignalException">A signal ended it.</exception>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static Task<string> RunAsync(string script, IEnumerable<string> arguments, string folder, string input) =>
        StartAsync("node", [script, .. arguments], folder, input);

    private static async Task<string> StartAsync(
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
            Assert.Skip($"{program} is not installed; the package comes from npm.");
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
}
