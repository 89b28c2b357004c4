using System.Globalization;
using AdvertiseX.Models;
using AdvertiseX.Reference;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// Pairs of files in golden/models: facts and descriptions that go in, and the rows (of the columns named) that models make of
/// them. Each runs twice: all at once, and in two halves with a run after each, which must come to the same.
/// </summary>
public sealed class ModelGoldenTests
{
    public static TheoryData<string> Cases() =>
        [.. Directory.EnumerateFiles(Root(), "*.input.txt", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root(), file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task All_at_once(string input)
    {
        await using var lake = await FactLake.CreateAsync();
        var tables = await InputAsync(lake, input);
        foreach (var table in tables) await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync(await ModelsAsync(input));
        await ExpectAsync(lake, input);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task In_halves_in_the_wrong_order(string input)
    {
        await using var lake = await FactLake.CreateAsync();
        var tables = await InputAsync(lake, input);
        var models = await ModelsAsync(input);
        // Every second record first, the last ones before: conversions and clicks come without what they belong to.
        for (var half = 1; half >= 0; half--)
        {
            foreach (var table in tables.Reverse())
            {
                var records = table.Records().Where((_, row) => row % 2 == half).Reverse().ToList();
                if (records.Count > 0) await lake.AddAsync(table.Name, records);
            }

            await lake.RunAsync(models);
        }

        await ExpectAsync(lake, input);
    }

    private static async Task<IReadOnlyList<PipeTable>> InputAsync(FactLake lake, string input)
    {
        var tables = PipeTable.Parse(await File.ReadAllTextAsync(Path.Combine(Root(), input)));
        var described = tables.Where(table => ReferenceTables.All.Any(each => each.Name == table.Name)).ToList();
        if (described.Count > 0) await lake.DescribeAsync(described);
        if (tables.FirstOrDefault(table => table.Name == TrafficRules.Name) is not { } limits) return [.. tables.Except(described)];
        lake.Rules = RulesOf(limits.Records().Single());
        return [.. tables.Except(described).Where(table => table != limits)];
    }

    // Limits that let a case be small; those that a case does not name are the defaults.
    private static TrafficRules RulesOf(Dictionary<string, string> limits)
    {
        var rules = new TrafficRules();
        foreach (var (name, text) in limits)
        {
            var value = name == "match_user_only" ? 0 : int.Parse(text, CultureInfo.InvariantCulture);
            rules = name switch
            {
                "max_impressions_per_minute" => rules with { MaxImpressionsPerMinute = value },
                "max_clicks_per_minute" => rules with { MaxClicksPerMinute = value },
                "repeated_click_micros" => rules with { RepeatedClick = TimeSpan.FromMicroseconds(value) },
                "click_after_impression_micros" => rules with { ClickAfterImpression = TimeSpan.FromMicroseconds(value) },
                "conversion_after_click_micros" => rules with { ConversionAfterClick = TimeSpan.FromMicroseconds(value) },
                "match_user_only" => rules with { MatchUserOnly = bool.Parse(text) },
                _ => throw new ArgumentException($"{name} is no limit", nameof(limits)),
            };
        }

        return rules;
    }

    private static async Task<string[]> ModelsAsync(string input) => [.. (await ExpectedAsync(input)).Select(table => table.Name)];

    private static async Task<IReadOnlyList<PipeTable>> ExpectedAsync(string input) =>
        PipeTable.Parse(await File.ReadAllTextAsync(Path.Combine(Root(), input.Replace(".input.", ".expected.", StringComparison.Ordinal))));

    private static async Task ExpectAsync(FactLake lake, string input)
    {
        var expected = await ExpectedAsync(input);
        Assert.NotEmpty(expected);
        foreach (var table in expected)
        {
            var lines = table.Rows.Select(PipeTable.Line).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(string.Join('\n', lines), string.Join('\n', await lake.RowsAsync(table.Name, table.Columns)));
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder != null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "AdvertiseX.Tests", "golden"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("tests/AdvertiseX.Tests/golden"), "tests", "AdvertiseX.Tests", "golden", "models");
    }
}
