using System.CommandLine;

namespace AdvertiseX.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class AdxCommand(string name, string description) : Command(name, description)
{
    /// <summary>Complete command lines, each with what it does.</summary>
    public IReadOnlyList<(string CommandLine, string Does)> Examples { get; init; } = [];
}
