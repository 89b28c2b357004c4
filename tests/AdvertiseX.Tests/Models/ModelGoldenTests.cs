namespace AdvertiseX.Tests.Models;

/// <summary>
/// Pairs of files in golden/models: facts and descriptions that go in, and the rows (of the columns named) that models
/// make of them. Each case is computed twice: all at once, and (in ./build.sh integration) in two halves with a run
/// after each, which must come to the same.
/// </summary>
public sealed class ModelGoldenTests(GoldenLakes lakes) : IClassFixture<GoldenLakes>
{
    public static TheoryData<string> Cases() => [.. GoldenCase.All.Select(one => one.Input)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task All_at_once(string input) => ExpectAsync(input, inHalves: false);

    [Theory(Explicit = true)]
    [MemberData(nameof(Cases))]
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
