using System.CommandLine;

namespace AdvertiseX.Cli;

/// <summary>Options that mean the same in every command that has them.</summary>
internal static class SharedOptions
{
    public const string DefaultLake = "./lake";

    /// <summary>--lake: the option, else ADX_LAKE, else ./lake.</summary>
    public static Option<string> Lake(Terminal terminal) => new("--lake")
    {
        Description = "Folder of the lake (ADX_LAKE)",
        HelpName = "DIR",
        DefaultValueFactory = _ => terminal.Variable("ADX_LAKE") is { Length: > 0 } folder ? folder : DefaultLake,
    };

    public static Option<bool> Json(string what = "Print one JSON object") => new("--json") { Description = what };

    public static Option<bool> DryRun(string what) => new("--dry-run") { Description = what };

    public static Option<T> Named<T>(string name, string description, string? value = null) =>
        new(name) { Description = description, HelpName = value };

    public static Option<T> Named<T>(string name, string description, string value, T preset) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => preset };
}
