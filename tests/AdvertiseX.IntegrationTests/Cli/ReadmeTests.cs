using System.Text;
using System.Text.RegularExpressions;

namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>
/// The README's commands are run as they stand there, one after the other in one folder, and must print what stands
/// below them. Times, speeds, sizes and the lake's own counts of rows and files may differ. With ADX_WRITE_DOCS=1 the
/// README is written with what was printed.
/// </summary>
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly bool Writing = Environment.GetEnvironmentVariable("ADX_WRITE_DOCS") == "1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-readme-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_demo_prints_what_the_readme_shows()
    {
        var readme = Readme();
        var shown = Demo().Match(readme).Groups[1];

        var demo = await AdxProcess.ShellAsync(_folder.FullName, "ADX_COMMAND=./adx; export ADX_COMMAND; adx demo");

        Assert.True(demo.Code == 0, demo.Error + demo.Output);
        if (Writing)
            File.WriteAllText(
                ReadmePath(),
                string.Concat(readme.AsSpan(0, shown.Index), demo.Output, readme.AsSpan(shown.Index + shown.Length))
            );
        else
            Assert.Equal(Steady(shown.Value), Steady(demo.Output));
    }

    [Fact]
    public async Task The_worked_example_works()
    {
        var readme = Readme();
        var written = new StringBuilder();
        int copied = 0,
            run = 0;
        foreach (Match example in Example().Matches(readme))
        {
            if (example.Groups["commands"].Value.Contains("./build.sh", StringComparison.Ordinal))
                continue;
            var result = await AdxProcess.ShellAsync(_folder.FullName, "set -e\n" + example.Groups["commands"].Value);
            Assert.True(result.Code == 0, example.Groups["commands"].Value + result.Error);
            run++;
            var shown = example.Groups["output"];
            if (!Writing)
                Assert.Equal(Steady(shown.Value), Steady(result.Output));
            written.Append(readme, copied, shown.Index - copied).Append(result.Output);
            copied = shown.Index + shown.Length;
        }

        Assert.Equal(8, run);
        if (Writing)
            File.WriteAllText(ReadmePath(), written.Append(readme, copied, readme.Length - copied).ToString());
    }

    // What differs from run to run becomes #, and columns that move with it one blank.
    private static string Steady(string text) =>
        Blanks()
            .Replace(Measured().Replace(text, "#"), " ")
            .Replace("─ ", "", StringComparison.Ordinal)
            .Replace("─", "", StringComparison.Ordinal);

    private static string Readme() => File.ReadAllText(ReadmePath());

    private static string ReadmePath()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "AdvertiseX.slnx")))
                return Path.Combine(folder.FullName, "README.md");
        throw new InvalidOperationException("the tests run outside of their repository");
    }

    [GeneratedRegex(@"<!-- demo -->\n```text\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Demo();

    // A block of commands and the block of output right below it.
    [GeneratedRegex(@"```sh\n(?<commands>((?!```).)*?)```\n\n```text\n(?<output>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\d[\d,.]*( [kM])? (s\b|min\b|B\b|KB\b|MB\b|GB\b|records/s|rows|files|tables)(/s)?")]
    private static partial Regex Measured();

    [GeneratedRegex(@"[ ]+")]
    private static partial Regex Blanks();
}
