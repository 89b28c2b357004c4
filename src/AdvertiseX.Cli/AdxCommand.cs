using System.CommandLine;
using AdvertiseX.Cli.Configuration;

namespace AdvertiseX.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class AdxCommand(string name, string description) : Command(name, description)
{
    /// <summary>Complete command lines, each with what it does.</summary>
    public IReadOnlyList<(string CommandLine, string Does)> Examples { get; init; } = [];

    /// <summary>
    /// Sets what the command does, with the settings of the run: defaults, over them the configuration file, over that
    /// ADX_LAKE and --lake. A configuration that is wrong ends the command before it does anything. A command that uses
    /// no setting calls SetAction instead, and never looks at the file.
    /// </summary>
    public void Runs(Func<ParseResult, AdxSettings, CancellationToken, Task<int>> action) =>
        SetAction((parsed, cancellation) => action(parsed, SettingsOf(parsed), cancellation));

    /// <exception cref="UsageException">The configuration is wrong.</exception>
    private AdxSettings SettingsOf(ParseResult parsed)
    {
        var settings = ConfigFile.Read(parsed.GetValue<string?>(SharedOptions.ConfigName));
        var lake = Options.FirstOrDefault(option => option.Name == SharedOptions.LakeName);
        if (lake is null || parsed.GetValue<string?>(SharedOptions.LakeName) is not { } folder)
            return settings;
        if (string.IsNullOrWhiteSpace(folder))
            throw new UsageException(
                $"{(parsed.GetResult(lake) is { Implicit: false } ? lake.Name : "ADX_LAKE")} is \"{folder}\"; allowed: a folder"
            );
        return settings with { LakePath = folder };
    }
}
