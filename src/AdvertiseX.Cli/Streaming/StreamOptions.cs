using System.CommandLine;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Kafka;
using AdvertiseX.Sources;

namespace AdvertiseX.Cli.Streaming;

/// <summary>Options of all commands that talk to Kafka.</summary>
internal static class StreamOptions
{
    /// <summary>--brokers: the option, else ADX_KAFKA_BROKERS, else kafka.brokers of the configuration.</summary>
    public static Option<string?> Brokers(Terminal terminal) =>
        new("--brokers")
        {
            Description = "Brokers, divided by commas; else ADX_KAFKA_BROKERS, else kafka.brokers of the configuration",
            HelpName = "HOST:PORT",
            DefaultValueFactory = _ => terminal.Variable("ADX_KAFKA_BROKERS") is { Length: > 0 } given ? given : null,
        };

    public static Option<string?> Group() =>
        SharedOptions.Named<string?>(
            "--group",
            "Consumer group whose members share the partitions (kafka.group)",
            "NAME"
        );

    /// <summary>The settings with the registry that the command line names; null for that of the
    /// configuration.</summary>
    /// <exception cref="UsageException">The address is none of a registry.</exception>
    public static AdxSettings WithRegistry(this AdxSettings settings, string? url)
    {
        var registry = settings.Registry with { Url = url ?? settings.Registry.Url };
        return registry.Complaint is { } complaint
            ? throw new UsageException(complaint)
            : settings with
            {
                Registry = registry,
            };
    }

    /// <summary>The settings with what the command line says.</summary>
    /// <exception cref="UsageException">There are no brokers, or a value is not allowed.</exception>
    public static AdxSettings With(this AdxSettings settings, string? brokers, string? group)
    {
        var kafka = settings.Kafka with
        {
            Brokers = brokers ?? settings.Kafka.Brokers,
            Group = group ?? settings.Kafka.Group,
        };
        if (kafka.Brokers.Length == 0)
            throw new UsageException("no brokers: give --brokers HOST:PORT, ADX_KAFKA_BROKERS or kafka.brokers");
        if (kafka.Group.Length == 0)
            throw new UsageException("--group is empty; allowed: a name");
        if ((kafka.Complaint ?? settings.Telemetry.Complaint) is { } complaint)
            throw new UsageException(complaint);
        RequireProperties(kafka);
        return settings with { Kafka = kafka };
    }

    // The client checks names and values when it is made. A worker that runs reads the file anew, and waits until it is
    // right again.
    private static void RequireProperties(KafkaOptions kafka)
    {
        if (kafka.PropertiesFile.Length == 0)
            return;
        try
        {
            KafkaCluster.Connect(kafka).Dispose();
        }
        catch (SourceException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }
}
