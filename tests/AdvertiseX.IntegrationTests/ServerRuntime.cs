using System.Diagnostics;
using AdvertiseX.Tests;

namespace AdvertiseX.IntegrationTests;

/// <summary>Finds a real server: by a variable, else in the archives of servers beside the repository, unpacked once
/// for a run of the tests.</summary>
internal static class ServerRuntime
{
    /// <summary>The folder of a server; null where there is none.</summary>
    /// <param name="variable">Names it.</param>
    /// <param name="name">Of the archive without its ending, and of the folder in it.</param>
    public static string? Find(string variable, string name)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } home)
            return home;
        for (var folder = new DirectoryInfo(Repository.Root).Parent; folder is not null; folder = folder.Parent)
        {
            var archive = Path.Combine(folder.FullName, "shared", "runtimes", $"{name}.tar.xz");
            if (File.Exists(archive))
                return Unpack(archive, name);
        }

        return null;
    }

    private static string Unpack(string archive, string name)
    {
        var folder = Directory.CreateTempSubdirectory($"adx-{name}-home-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        using var tar = Process.Start("tar", ["-xJf", archive, "-C", folder]);
        tar.WaitForExit();
        return tar.ExitCode == 0
            ? Path.Combine(folder, name)
            : throw new InvalidOperationException($"tar could not unpack {archive}");
    }
}
