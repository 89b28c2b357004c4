using System.CommandLine;
using AdvertiseX.Cli.Configuration;

namespace AdvertiseX.Cli;

/// <summary>Options that mean the same in every command that has them.</summary>
internal static class SharedOptions
{
    public const string LakeName = "--lake";

    public const string ConfigName = "--config";

    /// <summary>--lake: the option, else ADX_LAKE, else null; <see cref="AdxCommand.Runs"/> puts it over lake.path of
    /// the configuration.</summary>
    public static Option<string?> Lake(Terminal terminal) =>
        new(LakeName)
        {
            Description =
                $"Folder of the lake; else ADX_LAKE, else lake.path of the configuration, else {AdxSettings.DefaultLakePath}",
            HelpName = "DIR",
            DefaultValueFactory = _ => terminal.Variable("ADX_LAKE"),
        };

    /// <summary>--config of the program, which every command has: the option, else ADX_CONFIG, else null.</summary>
    public static Option<string?> Config(Terminal terminal) =>
        new(ConfigName)
        {
            Description = "Configuration file (ADX_CONFIG); every key is in config/adx.reference.json",
            HelpName = "FILE",
            Recursive = true,
            DefaultValueFactory = _ => terminal.Variable("ADX_CONFIG") is { Length: > 0 } file ? file : null,
        };

    /// <summary>--models: beats models.directory of the configuration.</summary>
    public static Option<string?> Models() =>
        Named<string?>(
            "--models",
            "Folder of own models, refreshed with those that come with adx (models.directory)",
            "DIR"
        );

    /// <summary>--no-models: the facts or descriptions change, and nothing else.</summary>
    public static Option<bool> NoModels() =>
        Named<bool>("--no-models", "Leave the marts as they are; adx run brings them up to date");

    public static Option<bool> Json(string what = "Print one JSON object") => new("--json") { Description = what };

    public static Option<bool> DryRun(string what) => new("--dry-run") { Description = what };

    public static Option<T> Named<T>(string name, string description, string? value = null) =>
        new(name) { Description = description, HelpName = value };

    public static Option<T> Named<T>(string name, string description, string value, T preset) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            DefaultValueFactory = _ => preset,
        };

    /// <summary>An option whose values are members of an enum in lower case; <see cref="ValueOf{T}"/> reads
    /// it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is.</param>
    /// <param name="value">What help calls a value.</param>
    /// <param name="allowed">The members; the first is the default.</param>
    public static Option<string> OneOf<T>(
        string name,
        string description,
        string value,
        params IReadOnlyList<T> allowed
    )
        where T : struct, Enum
    {
        string[] texts = [.. allowed.Select(member => member.ToString().ToLowerInvariant())];
        var option = Named(name, description, value, texts[0]);
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, texts);
        return option;
    }

    /// <summary>The member that an option of <see cref="OneOf{T}"/> names.</summary>
    public static T ValueOf<T>(this ParseResult parsed, Option<string> option)
        where T : struct, Enum => Enum.Parse<T>(parsed.GetValue(option)!, ignoreCase: true);

    /// <summary>Adds arguments and options in the order in which help lists them.</summary>
    public static AdxCommand With(this AdxCommand command, params Symbol[] symbols)
    {
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                command.Add(option);
            else if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Command)symbol);
        }

        return command;
    }
}
