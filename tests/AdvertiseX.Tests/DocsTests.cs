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
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_somewhere(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        foreach (Match link in Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))))
        {
            string target = link.Groups[1].Value.Split('#')[0];
            if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal)) continue;
            Assert.True(Path.Exists(Path.Combine(folder, target)), $"{page} links to {target}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_are_command_lines(string page)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, page));
        foreach (Match match in Command().Matches(text))
        {
            string line = match.Groups[1].Value;
            // A placeholder (DIR, …) stands for something; a name alone is a mention.
            if (line.Contains('…') || line.Contains('[') || line.Split(' ').Length < 3 || Placeholder().IsMatch(Quoted().Replace(line, ""))) continue;
            // What is missing may be left out in a sentence; the README's examples are run as they are.
            if (Usage.Complaint(CommandTreeTests.Parse(line)) is { } complaint && !complaint.Contains("equired", StringComparison.Ordinal)) Assert.Fail($"{page}: {line}: {complaint}");
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    // At the start of a line of a code block, or inside `…`.
    [GeneratedRegex(@"(?:^\.?/?|`(?:\./)?)(adx [^`\n|<>&#]+)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"\b[A-Z]{3,}\b")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
