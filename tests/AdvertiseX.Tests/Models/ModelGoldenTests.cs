namespace AdvertiseX.Tests.Models;

/// <summary>
/// Pairs of files in golden/models: facts and descriptions that go in, and the rows (of the columns named) that models make of
/// them. Each case is computed twice: all at once, and in two halves with a run after each, which must come to the same; the halves of cases
/// that do not share the lake of most are left to ./build.sh integration.
/// </summary>
public sealed class ModelGoldenTests(GoldenLakes lakes) : IClassFixture<GoldenLakes>
{
    public static TheoryData<string> Cases() => [.. GoldenCase.All.Select(one => one.Input)];

    public static IEnumerable<TheoryDataRow<string>> InHalves() => GoldenCase.All.Select(one => new TheoryDataRow<string>(one.Input) { Explicit = !one.IsUsual });

    [Theory]
    [MemberData(nameof(Cases))]
    public Task All_at_once(string input) => ExpectAsync(input, inHalves: false);

    [Theory]
    [MemberData(nameof(InHalves))]
    public Task In_halves_in_the_wrong_order(string input) => ExpectAsync(input, inHalves: true);

    private async Task ExpectAsync(string input, bool inHalves)
    {
        var one = GoldenCase.All.Single(each => each.Input == input);
        var lake = await lakes.OfAsync(one, inHalves);
        foreach (var table in one.Expected)
        {
            var lines = table.Rows.Select(PipeTable.Line).Order(StringComparer.Ordinal);
            Assert.Equal(string.Join('\n', lines), string.Join('\n', await one.RowsAsync(lake, table)));
        }
    }
}
