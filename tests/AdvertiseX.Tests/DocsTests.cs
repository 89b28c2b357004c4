using System.Text.RegularExpressions;
using AdvertiseX.Cli;
using AdvertiseX.Tests.Cli;

namespace AdvertiseX.Tests;

/// <summary>What the pages say exists does.</summary>
public sealed partial class DocsTests
{
    public static TheoryData<string> Pages =>
        [
            .. new[] { ".", "docs", "docs/decisions", "contracts" }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md"))
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        foreach (Match link in Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))))
        {
            var target = link.Groups[1].Value.Split('#')[0];
            if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal))
                continue;
            Assert.True(Path.Exists(Path.Combine(folder, target)), $"{page} links to {target}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Paths_lead_somewhere(string page)
    {
        foreach (Match path in CodePath().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))))
        {
            var target = path.Groups[1].Value;
            // A pattern names no one file; a decision goes by its number.
            if (target.Contains('…') || target.Contains('*'))
                continue;
            var full = Path.Combine(Repository.Root, target);
            var isThere = DecisionNumber().IsMatch(target)
                ? Directory.EnumerateFiles(Path.GetDirectoryName(full)!, Path.GetFileName(full) + "-*.md").Any()
                : Path.Exists(full);
            Assert.True(isThere, $"{page} names {target}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_are_command_lines(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page));
        foreach (Match match in Command().Matches(text))
        {
            var line = match.Groups[1].Value;
            // A placeholder (DIR, …) stands for something; a name alone is a mention.
            if (
                line.Contains('…')
                || line.Contains('[')
                || line.Split(' ').Length < 3
                || Placeholder().IsMatch(Quoted().Replace(line, ""))
            )
                continue;
            // What is missing may be left out in a sentence; the README's examples are run as they are.
            if (
                Usage.Complaint(CommandTreeTests.Parse(line)) is { } complaint
                && !complaint.Contains("equired", StringComparison.Ordinal)
            )
                Assert.Fail($"{page}: {line}: {complaint}");
        }
    }

    [Fact]
    public void The_index_of_decisions_lists_each_by_title_with_date_and_status()
    {
        var folder = Path.Combine(Repository.Root, "docs", "decisions");
        var pages = Directory
            .EnumerateFiles(folder, "*.md")
            .Select(path => Path.GetFileName(path)!)
            .Where(name => name != "README.md")
            .Select(name => DecisionOf(folder, name))
            .OrderBy(page => page.Title.ToLowerInvariant(), StringComparer.Ordinal);
        Assert.Equal(
            pages.Select(page => $"| [{page.Title}]({page.File}) | {page.Number} | {page.Date} | {page.Status} |"),
            File.ReadLines(Path.Combine(folder, "README.md"))
                .Where(line => line.StartsWith("| [", StringComparison.Ordinal))
        );
    }

    private static (string Title, string File, string Number, string Date, string Status) DecisionOf(
        string folder,
        string file
    )
    {
        var head = DecisionHead().Match(File.ReadAllText(Path.Combine(folder, file)));
        Assert.True(head.Success, $"{file}: the page begins with its number and title, then 'Date: … · Status: …'");
        Assert.StartsWith(head.Groups[1].Value + "-", file);
        // Whoever took a page's place is there.
        foreach (Match other in Superseder().Matches(head.Groups[4].Value))
            Assert.NotEmpty(Directory.EnumerateFiles(folder, other.Groups[1].Value + "-*.md"));
        return (head.Groups[2].Value, file, head.Groups[1].Value, head.Groups[3].Value, head.Groups[4].Value);
    }

    [GeneratedRegex(@"\A# (\d{3}) (.+)\n\nDate: (\d{4}-\d{2}-\d{2}) · Status: ((?:accepted|superseded by \d{3}).*)\n")]
    private static partial Regex DecisionHead();

    [GeneratedRegex(@"superseded by (\d{3})")]
    private static partial Regex Superseder();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    // Inside `…`, from the root of the repository.
    [GeneratedRegex(@"`((?:src|docs|contracts|models|config|tests|bench|samples)/[^`\s]*)`")]
    private static partial Regex CodePath();

    [GeneratedRegex(@"^docs/decisions/\d{3}$")]
    private static partial Regex DecisionNumber();

    // At the start of a line of a code block, or inside `…`.
    [GeneratedRegex(@"(?:^\.?/?|`(?:\./)?)(adx [^`\n|<>&#]+)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"\b[A-Z]{3,}\b")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
