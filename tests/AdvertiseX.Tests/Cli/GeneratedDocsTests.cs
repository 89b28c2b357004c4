using System.Text;
using System.Text.Json;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Configuration;
using AdvertiseX.Tests.Configuration;

namespace AdvertiseX.Tests.Cli;

/// <summary>Pages that are written from the code are as the code is now. <c>./build.sh docs</c> writes them.</summary>
public sealed class GeneratedDocsTests
{
    private static readonly bool Writing = Environment.GetEnvironmentVariable("ADX_WRITE_DOCS") == "1";

    [Fact]
    public void The_reference_configuration_is_up_to_date() => Hold("config/adx.reference.json", ReferenceFile());

    [Fact]
    public void The_minimal_configuration_is_one()
    {
        var settings = ConfigFile.Read(Path.Combine(Repository.Root, "config", "adx.minimal.json"));

        Assert.NotEqual(new AdxSettings().Ingest.CommitUnitBytes, settings.Ingest.CommitUnitBytes);
    }

    [Fact]
    public void The_commands_of_the_operations_page_are_up_to_date() =>
        HoldSection("docs/operations.md", "commands", CommandTable());

    [Fact]
    public void The_settings_of_the_operations_page_are_up_to_date() =>
        HoldSection("docs/operations.md", "settings", SettingTable());

    [Fact]
    public void The_metrics_of_the_operations_page_are_up_to_date() =>
        HoldSection("docs/operations.md", "metrics", MetricPages.Metrics());

    [Fact]
    public void The_graph_of_the_models_page_is_up_to_date() =>
        HoldSection("docs/models.md", "graph", ModelPages.Graph());

    [Fact]
    public void The_words_of_the_models_page_are_up_to_date() =>
        HoldSection("docs/models.md", "words", ModelPages.Words());

    [Fact]
    public void The_models_of_the_models_page_are_up_to_date() =>
        HoldSection("docs/models.md", "models", ModelPages.Models());

    private static string CommandTable()
    {
        var text = new StringBuilder("| command | does |\n|---|---|\n");
        foreach (
            var (path, command) in CommandTreeTests
                .All()
                .Where(each => each.Command.Subcommands.Count == 0 || each.Command.Action is not null)
        )
        {
            var arguments = string.Concat(
                command.Arguments.Select(argument =>
                    argument.Arity.MaximumNumberOfValues > 1 ? $" {argument.Name}…"
                    : argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]"
                    : $" {argument.Name}"
                )
            );
            text.Append($"| `adx {path}{arguments}` | {command.Description} |\n");
        }

        return text.Append("\n`--help` after any of them lists its options, with examples.\n").ToString();
    }

    private static string SettingTable()
    {
        var text = new StringBuilder("| key | default | allowed | meaning |\n|---|---|---|---|\n");
        foreach (var option in AdxSettings.Keys)
            text.Append($"| `{option.Key}` | {DefaultOf(option)} | {option.Allowed} | {OptionMeanings.Of(option)} |\n");
        return text.ToString();
    }

    private static string ReferenceFile()
    {
        var text = new StringBuilder(
            "// Every key of an adx configuration, with its default. Written by ./build.sh docs.\n{\n"
        );
        var sections = AdxSettings.Keys.GroupBy(option => option.Key!.Split('.')[0]).ToList();
        foreach (var section in sections)
        {
            text.Append($"  \"{section.Key}\": {{\n");
            foreach (var option in section)
            {
                text.Append($"    // {OptionMeanings.Of(option)} ({option.Allowed})\n");
                text.Append(
                    $"    \"{option.Key!.Split('.')[1]}\": {DefaultOf(option)}{(option == section.Last() ? "" : ",")}\n"
                );
            }

            text.Append(section == sections[^1] ? "  }\n" : "  },\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string DefaultOf(OptionDescription option) =>
        JsonSerializer.Serialize(option.Read(new AdxSettings()));

    private static void HoldSection(string page, string section, string content)
    {
        var path = Path.Combine(Repository.Root, page);
        var text = File.ReadAllText(path);
        var begin = $"<!-- {section}: written by ./build.sh docs -->\n";
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(from >= 0, $"{page} has no section {section}");
        from += begin.Length;
        var to = text.IndexOf("<!-- end -->", from, StringComparison.Ordinal);
        Hold(page, string.Concat(text.AsSpan(0, from), content, text.AsSpan(to)));
    }

    private static void Hold(string page, string content)
    {
        var path = Path.Combine(Repository.Root, page);
        if (Writing)
            File.WriteAllText(path, content);
        Assert.Equal(content, File.Exists(path) ? File.ReadAllText(path) : "");
    }
}
