using System.Diagnostics;
using AdvertiseX.Tests;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Where a real Kafka is: ADX_KAFKA_HOME, else the archive of servers beside the repository, unpacked once for
/// a run of the tests.</summary>
internal static class KafkaRuntime
{
    public const string Variable = "ADX_KAFKA_HOME";
    private const string Archive = "kafka.tar.xz";
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Its folder, with libs and config; null where there is none.</summary>
    public static string? Home => Found.Value;

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home)
            return home;
        for (var folder = new DirectoryInfo(Repository.Root).Parent; folder is not null; folder = folder.Parent)
        {
            var archive = Path.Combine(folder.FullName, "shared", "runtimes", Archive);
            if (File.Exists(archive))
                return Unpack(archive);
        }

        return null;
    }

    private static string Unpack(string archive)
    {
        var folder = Directory.CreateTempSubdirectory("adx-kafka-home-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        using var tar = Process.Start("tar", ["-xJf", archive, "-C", folder]);
        tar.WaitForExit();
        return tar.ExitCode == 0
            ? Path.Combine(folder, "kafka")
            : throw new InvalidOperationException($"tar could not unpack {archive}");
    }
}
