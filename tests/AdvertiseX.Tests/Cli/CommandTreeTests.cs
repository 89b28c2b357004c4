using System.CommandLine;
using AdvertiseX.Cli;

namespace AdvertiseX.Tests.Cli;

/// <summary>What holds for every command.</summary>
public sealed class CommandTreeTests
{
    public static TheoryData<string> Commands => [.. All().Select(command => command.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_answers_with_an_example(string path)
    {
        var (code, output, error) = await CliRun.RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

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
                parsed.CommandResult.Command.Name == command.Name || command.Subcommands.Any(below => below.Name == parsed.CommandResult.Command.Name),
                line);
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_that_runs_has_json(string path)
    {
        var command = All().Single(each => each.Path == path).Command;
        // These print text that is the data itself: a script, a contract, records.
        if (command.Subcommands.Count > 0 || path is "completion" or "contract show" or "rejects export") return;
        Assert.Contains(command.Options, option => option.Name == "--json");
    }

    [Fact]
    public void Every_option_and_argument_is_described()
    {
        foreach (var (path, command) in All())
        {
            Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{path} {option.Name}"));
            Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{path} {argument.Name}"));
        }
    }

    internal static ParseResult Parse(string line)
    {
        using var terminal = Silent();
        string[] words = [.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line)];
        return CommandLine.Create(terminal).Parse(words[1..], new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    internal static IEnumerable<(string Path, Command Command)> All()
    {
        using var terminal = Silent();
        return [.. Below("", CommandLine.Create(terminal))];
    }

    private static IEnumerable<(string Path, Command Command)> Below(string path, Command parent) =>
        parent.Subcommands.SelectMany(command => Below($"{path} {command.Name}".Trim(), command).Prepend(($"{path} {command.Name}".Trim(), command)));

    private static Terminal Silent() => new(Stream.Null, TextWriter.Null, _ => null);
}
