namespace AdvertiseX.Tests.Models;

/// <summary>
/// The lakes of the golden cases, each filled and computed when a test first asks for it: cases of the same limits
/// share one, and those whose rows could not be told from others' have their own.
/// </summary>
public sealed class GoldenLakes : IAsyncDisposable
{
    private readonly Dictionary<(string Group, bool InHalves), Lazy<Task<FactLake>>> _lakes = [];

    public GoldenLakes()
    {
        foreach (var group in GoldenCase.All.GroupBy(GroupOf))
        {
            _lakes.Add((group.Key, false), new(() => FillAsync([.. group], AddAsync)));
            _lakes.Add((group.Key, true), new(() => FillAsync([.. group], AddInHalvesAsync)));
        }
    }

    internal Task<FactLake> OfAsync(GoldenCase one, bool inHalves) => _lakes[(GroupOf(one), inHalves)].Value;

    public async ValueTask DisposeAsync()
    {
        foreach (
            var lake in _lakes.Values.Where(lake =>
                lake is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }
            )
        )
            await (await lake.Value).DisposeAsync();
    }

    private static string GroupOf(GoldenCase one) => one.CanShare ? one.Rules.ToString() : one.Input;

    private static async Task<FactLake> FillAsync(
        IReadOnlyList<GoldenCase> cases,
        Func<FactLake, IReadOnlyList<GoldenCase>, string[], Task> addAsync
    )
    {
        var lake = await FactLake.CreateAsync();
        lake.Rules = cases[0].Rules;
        await lake.DescribeAsync([
            .. cases.SelectMany(one => one.Described).GroupBy(table => table.Name).Select(PipeTable.Together),
        ]);
        await addAsync(lake, cases, [.. cases.SelectMany(one => one.Expected).Select(table => table.Name).Distinct()]);
        return lake;
    }

    private static async Task AddAsync(FactLake lake, IReadOnlyList<GoldenCase> cases, string[] models)
    {
        foreach (var table in cases.SelectMany(one => one.Facts).GroupBy(table => table.Name))
            await lake.AddAsync(table.Key, table.SelectMany(each => each.Records()));
        await lake.RunAsync(models);
    }

    /// <summary>Every second record of a case first, the last ones before: conversions and clicks come without what
    /// they belong to.</summary>
    private static async Task AddInHalvesAsync(FactLake lake, IReadOnlyList<GoldenCase> cases, string[] models)
    {
        for (var half = 1; half >= 0; half--)
        {
            foreach (var table in cases.SelectMany(one => one.Facts).GroupBy(table => table.Name).Reverse())
            {
                var records = table
                    .SelectMany(each => each.Records().Where((_, row) => row % 2 == half))
                    .Reverse()
                    .ToList();
                if (records.Count > 0)
                    await lake.AddAsync(table.Key, records);
            }

            await lake.RunAsync(models);
        }
    }
}
