using System.Globalization;
using AdvertiseX.Generation;

namespace AdvertiseX.Tests.Models;

/// <summary>Random traffic: what the model divides is what the generator's own statement of the rule divides, and adds
/// up.</summary>
public sealed class ConversionAttributionTests
{
    private static readonly string[] Columns =
    [
        "conversion_id",
        "position",
        "touches",
        "touch_id",
        "touch_kind",
        "ivt_reason",
        "is_duplicate_order",
        "touch_ivt_reason",
        "unix_micros(conversion_time) - unix_micros(touch_time)",
        "revenue_micros",
        .. Credit.Names.SelectMany(name =>
            (string[])
                [$"{name}_millionths", $"{name}_revenue_micros", $"{name}_net_millionths", $"{name}_net_revenue_micros"]
        ),
    ];

    [Theory]
    [InlineData(21, Explicit = true)]
    [InlineData(22, Explicit = true)]
    [InlineData(23, Explicit = true)]
    public async Task Every_share_is_the_generators(int seed)
    {
        var random = new Random(seed);
        await using var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(RandomTraffic.Described);
        foreach (var table in RandomTraffic.Create(random, 200).GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => Odd(random, fact.Record)));
        await lake.RunAsync("conversion_attribution");

        var rows = (
            await lake.RowsAsync(
                "conversion_attribution",
                [.. Columns.Select(InDuckDb)],
                "where adjusts_conversion_id is null"
            )
        )
            .Select(line => line.Split(" | "))
            .ToList();
        Assert.Contains(rows, row => row[2] is not ("1" or "2"));
        foreach (var conversion in rows.GroupBy(row => row[0]))
            AssertDivided([.. conversion.OrderBy(row => Number(row[1]))]);
    }

    private static void AssertDivided(string[][] touches)
    {
        Assert.Equal(Enumerable.Range(1, touches.Length), touches.Select(row => (int)Number(row[1])));
        Assert.All(touches, row => Assert.Equal(touches.Length, Number(row[2])));
        Assert.Single(touches.Select(row => row[4]).Distinct());
        Assert.Equal(touches.Length, touches.Select(row => row[3]).Distinct().Count());
        var ages = touches.Select(row => Number(row[8])).ToArray();
        for (var model = 0; model < Credit.Models; model++)
        {
            var weights = Credit.Weights(model, ages);
            var revenue = touches[0][9];
            AssertShares(touches, 10 + 4 * model, Credit.Divide(1_000_000, weights));
            if (revenue.Length > 0)
                AssertShares(touches, 11 + 4 * model, Credit.Divide(Number(revenue), weights));
            else
                Assert.All(touches, row => Assert.Equal(("", ""), (row[11 + 4 * model], row[13 + 4 * model])));
        }
    }

    private static void AssertShares(string[][] touches, int column, long[] expected)
    {
        Assert.Equal(expected, touches.Select(row => Number(row[column])));
        Assert.Equal(
            expected.Select((share, i) => touches[i][5..8] is ["", "false", ""] ? share : 0),
            touches.Select(row => Number(row[column + 2]))
        );
    }

    // Amounts that divide badly and instants that are not whole hours.
    private static Dictionary<string, string> Odd(Random random, Dictionary<string, string> record)
    {
        if (record.ContainsKey("revenue_micros"))
            record["revenue_micros"] = random
                .NextInt64(-5_000_000, 5_000_000_000)
                .ToString(CultureInfo.InvariantCulture);
        record["event_time"] += $".{random.Next(1_000_000):D6}";
        return record;
    }

    private static string InDuckDb(string column) => AdvertiseX.Engines.SqlDialect.DuckDb.Translate(column);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
