using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli;
using AdvertiseX.Configuration;
using AdvertiseX.Generation;

namespace AdvertiseX.Tests.Cli;

/// <summary>What holds for every command.</summary>
public sealed class CommandTreeTests
{
    public static TheoryData<string> Commands => [.. All().Select(command => command.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_answers_with_an_example(string path)
    {
        var (code, output, error) = await CliRun.RunAsync([
            .. path.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "--help",
        ]);

        Assert.Equal(0, code);
        Assert.Equal("", error);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Examples_of_a_command_are_command_lines_of_it(string path)
    {
        var command = (AdxCommand)All().Single(each => each.Path == path).Command;
        foreach (var (line, _) in command.Examples)
        {
            var parsed = Parse(line);
            Assert.Null(Usage.Complaint(parsed));
            Assert.True(
                parsed.CommandResult.Command.Name == command.Name
                    || command.Subcommands.Any(below => below.Name == parsed.CommandResult.Command.Name),
                line
            );
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_that_runs_has_json(string path)
    {
        var command = All().Single(each => each.Path == path).Command;
        // These print text that is the data itself: a script, a contract, records.
        if (command.Subcommands.Count > 0 || path is "completion" or "contract show" or "rejects export")
            return;
        Assert.Contains(command.Options, option => option.Name == "--json");
    }

    [Fact]
    public void Every_option_and_argument_is_described()
    {
        foreach (var (path, command) in All())
        {
            Assert.All(
                command.Options,
                option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{path} {option.Name}")
            );
            Assert.All(
                command.Arguments,
                argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{path} {argument.Name}")
            );
        }
    }

    [Theory]
    [InlineData("--impressions", nameof(GeneratorOptions.Impressions), "1 to 2,000,000,000")]
    [InlineData("--days", nameof(GeneratorOptions.Days), "1 to 366")]
    [InlineData("--campaigns", nameof(GeneratorOptions.Campaigns), "4 to 5,000")]
    [InlineData("--sites", nameof(GeneratorOptions.Sites), "1 to 100,000")]
    [InlineData("--max-file-bytes", nameof(GeneratorOptions.MaxFileBytes), "at least 65,536")]
    public void The_help_of_generate_says_what_the_generator_allows_and_what_is_its_default(
        string name,
        string property,
        string range
    )
    {
        var option = All()
            .Single(each => each.Path == "generate")
            .Command.Options.Single(option => option.Name == name);
        var described = OptionDescription.Of<GeneratorOptions>(property);

        Assert.EndsWith(range, option.Description, StringComparison.Ordinal);
        Assert.StartsWith(
            range.Replace(",", "", StringComparison.Ordinal),
            described.Allowed,
            StringComparison.Ordinal
        );
        if (property == nameof(GeneratorOptions.Impressions))
            return;
        var standard = described.Read(new GeneratorOptions { OutputDirectory = "feeds", Impressions = 1 });
        Assert.Equal(standard, Convert.ToInt64(option.GetDefaultValue(), CultureInfo.InvariantCulture));
    }

    internal static ParseResult Parse(string line)
    {
        using var terminal = Silent();
        string[] words = [.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line)];
        return CommandLine
            .Create(terminal)
            .Parse(words[1..], new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    internal static IEnumerable<(string Path, Command Command)> All()
    {
        using var terminal = Silent();
        return [.. Below("", CommandLine.Create(terminal))];
    }

    private static IEnumerable<(string Path, Command Command)> Below(string path, Command parent) =>
        parent.Subcommands.SelectMany(command =>
            Below($"{path} {command.Name}".Trim(), command).Prepend(($"{path} {command.Name}".Trim(), command))
        );

    private static Terminal Silent() => new(Stream.Null, TextWriter.Null, _ => null);
}
