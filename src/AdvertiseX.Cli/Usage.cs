using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using AdvertiseX.Configuration;

namespace AdvertiseX.Cli;

/// <summary>What makes a command line wrong besides its grammar.</summary>
internal static partial class Usage
{
    /// <summary>Runs a check of options whose complaint is the user's to hear.</summary>
    /// <exception cref="UsageException">The check threw an argument exception, with its message.</exception>
    public static T Checked<T>(Func<T> check)
    {
        try
        {
            return check();
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    /// <summary>As <see cref="Checked{T}"/>.</summary>
    public static void Checked(Action check) =>
        Checked(() =>
        {
            check();
            return true;
        });

    /// <summary>The value, if the option of the library that it is for allows it.</summary>
    /// <param name="name">The option of the command line.</param>
    /// <param name="value">Its value, in the unit of the library's option.</param>
    /// <param name="property">The library's option.</param>
    /// <exception cref="UsageException">It does not; the text says what is allowed.</exception>
    public static double Allowed<TOptions>(string name, double value, string property)
    {
        var option = OptionDescription.Of<TOptions>(property);
        return option.Allows(value)
            ? value
            : throw new UsageException(option.Complaint(name, value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <exception cref="UsageException">The value is out of its range, or no number.</exception>
    public static double Range(string option, double value, double least, double most) =>
        value >= least && value <= most
            ? value
            : throw new UsageException($"{option} is {value}; allowed are {least} to {most}");

    /// <summary>
    /// What a parse found wrong, in one line, or null. The parser takes an unknown option for a positional argument
    /// where the command has one; that is an error here, unless it holds white space (SQL may begin with a comment) or
    /// follows <c>--</c>.
    /// </summary>
    public static string? Complaint(ParseResult parsed)
    {
        var errors = parsed.Errors.Select(error => InOwnWords(OneLine(error.Message))).Distinct().ToList();
        // The reason why no command was found says more than that none was.
        if (errors.Count > 1)
            errors.RemoveAll(message => message.StartsWith("Required command", StringComparison.Ordinal));
        if (errors.Count > 0)
            return string.Join(' ', errors);
        var literal = false;
        var positional = parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .ToHashSet();
        foreach (var token in parsed.Tokens)
        {
            literal |= token.Type == TokenType.DoubleDash;
            if (
                !literal
                && positional.Contains(token)
                && token.Value is ['-', _, ..]
                && !token.Value.Any(char.IsWhiteSpace)
            )
                return $"Unrecognized option '{token.Value}'.";
        }

        return null;
    }

    // The parser names .NET's types.
    private static string InOwnWords(string message)
    {
        var match = TypeComplaint().Match(message);
        if (!match.Success)
            return message;
        var kind = match.Groups["type"].Value is "Double" or "Single" or "Decimal" ? "a number" : "a whole number";
        return $"{match.Groups["option"].Value} is \"{match.Groups["value"].Value}\"; allowed: {kind}";
    }

    [GeneratedRegex(
        @"^Cannot parse argument '(?<value>.*)' for option '(?<option>[^']*)' as expected type '(System\.Nullable`1\[)?System\.(?<type>U?Int(16|32|64)|Double|Single|Decimal)\]?'\.$"
    )]
    private static partial Regex TypeComplaint();

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
