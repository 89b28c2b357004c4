using System.Text;
using System.Text.RegularExpressions;

namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>Commands in a page, each block with its output right below it: run as they stand, and compared or
/// written.</summary>
internal static partial class ShownExamples
{
    /// <summary>Whether pages are written instead of compared (ADX_WRITE_DOCS=1).</summary>
    public static bool Writing { get; } = Environment.GetEnvironmentVariable("ADX_WRITE_DOCS") == "1";

    /// <summary>Runs a page's examples in a folder, after the files that the page shows are in it.</summary>
    /// <returns>How many examples there were.</returns>
    public static async Task<int> HoldAsync(string page, string folder)
    {
        var path = Path.Combine(Root(), page);
        var text = await File.ReadAllTextAsync(path);
        foreach (Match file in ShownFile().Matches(text))
        {
            var target = Path.Combine(folder, file.Groups["name"].Value);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllTextAsync(target, file.Groups["content"].Value);
        }

        var written = new StringBuilder();
        int copied = 0,
            run = 0;
        foreach (Match example in Example().Matches(text))
        {
            var result = await AdxProcess.ShellAsync(folder, "set -e\n" + example.Groups["commands"].Value);
            Assert.True(result.Code == 0, example.Groups["commands"].Value + result.Error);
            run++;
            var shown = example.Groups["output"];
            if (!Writing)
                Assert.Equal(shown.Value, result.Output);
            written.Append(text, copied, shown.Index - copied).Append(result.Output);
            copied = shown.Index + shown.Length;
        }

        if (Writing)
            await File.WriteAllTextAsync(path, written.Append(text, copied, text.Length - copied).ToString());
        return run;
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "AdvertiseX.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("the tests run outside of their repository");
    }

    [GeneratedRegex(@"<!-- file: (?<name>[\w./-]+) -->\n```\w+\n(?<content>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShownFile();

    [GeneratedRegex(@"```sh\n(?<commands>((?!```).)*?)```\n\n```text\n(?<output>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
