using System.Diagnostics;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>A real Kafka, if there is one: where it is, and its programs.</summary>
internal static class KafkaRuntime
{
    public const string Variable = "ADX_KAFKA_HOME";
    private static readonly Lazy<string?> Found = new(() => ServerRuntime.Find(Variable, "kafka"));

    /// <summary>Its folder, with libs and config; null where there is none.</summary>
    public static string? Home => Found.Value;

    /// <summary>Skips a test where there is none.</summary>
    public static void Require() =>
        Assert.SkipWhen(
            Home is null,
            $"no Kafka here: set {Variable} to the folder of one (with libs/*.jar), and have Java 17"
        );

    /// <summary>Starts one of its programs; what it says can be read.</summary>
    /// <param name="args">The program's class and its arguments.</param>
    public static Process Start(params string[] args)
    {
        var log = $"-Dlog4j2.configurationFile={Path.Combine(Home!, "config", "log4j2.properties")}";
        return Process.Start(
            new ProcessStartInfo("java", ["-Xmx512m", log, "-cp", Path.Combine(Home!, "libs", "*"), .. args])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }

    /// <summary>Starts a broker, whose words nobody reads.</summary>
    public static Process StartBroker(string properties)
    {
        var process = Start("kafka.Kafka", properties);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Makes the folders of a broker.</summary>
    public static async Task FormatAsync(string cluster, string properties)
    {
        using var process = Start("kafka.tools.StorageTool", "format", "-t", cluster, "-c", properties);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{properties}: {await output}{await errors}");
    }
}
