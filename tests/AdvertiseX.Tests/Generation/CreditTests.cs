using System.Globalization;
using AdvertiseX.Generation;

namespace AdvertiseX.Tests.Generation;

public class CreditTests(GeneratedSet set) : IClassFixture<GeneratedSet>
{
    private const long Day = 86_400_000_000;

    [Theory]
    [InlineData(0, new long[] { 0, 0, 1_000_000 })]
    [InlineData(1, new long[] { 1_000_000, 0, 0 })]
    [InlineData(2, new long[] { 333_334, 333_333, 333_333 })]
    [InlineData(3, new long[] { 142_857, 285_714, 571_429 })]
    [InlineData(4, new long[] { 400_000, 200_000, 400_000 })]
    public void Three_touches_share_a_conversion(int model, long[] expected) =>
        Assert.Equal(expected, Credit.Divide(1_000_000, Credit.Weights(model, [14 * Day, 7 * Day, 0])));

    [Theory]
    [InlineData(1, new long[] { 1_000_000 })]
    [InlineData(2, new long[] { 500_000, 500_000 })]
    [InlineData(4, new long[] { 400_000, 100_000, 100_000, 400_000 })]
    [InlineData(5, new long[] { 400_000, 66_667, 66_667, 66_666, 400_000 })]
    public void Position_gives_first_and_last_forty_percent(int touches, long[] expected) =>
        Assert.Equal(expected, Credit.Divide(1_000_000, Credit.Weights(4, new long[touches])));

    [Fact]
    public void A_refund_is_divided_as_its_amount() => Assert.Equal([-4L, -3L, -3L], Credit.Divide(-10, [1, 1, 1]));

    [Fact]
    public void Time_decay_is_a_power_of_two()
    {
        var random = new DeterministicRandom(11);
        for (var i = 0; i < 2000; i++)
        {
            var age = random.Between(0, 30 * Day);
            var exact = 1e9 * Math.Pow(2, -(double)age / (7.0 * Day));
            Assert.InRange(Credit.Weights(3, [age])[0], exact - 0.501, exact + 0.501);
        }
    }

    [Fact]
    public void Every_touch_has_its_row_and_the_shares_add_up()
    {
        var truth = new BruteForceTruth(set);
        var conversions = truth.Conversions.Concat(truth.Refunds).ToDictionary(conversion => conversion.Id);
        // A refund has the touches of the conversion that it takes back.
        var refunds = truth
            .Refunds.Where(refund => truth.Refunded(refund) is { } purchase && truth.Touches(purchase).Count > 0)
            .ToDictionary(refund => refund.Id, refund => truth.Refunded(refund)!.Id);
        Assert.NotEmpty(refunds);
        var touches = Csv.Read(set.PathOf("truth/conversions.csv"))
            .Where(row => row["touches"] != "")
            .ToDictionary(row => row["conversion_id"], row => row["touches"]);
        var credits = Csv.Read(set.PathOf("truth/credits.csv")).GroupBy(row => row["conversion_id"]).ToList();
        Assert.Equal(touches.Count + refunds.Count, credits.Count);
        foreach (var rows in credits)
        {
            Assert.Equal(
                touches[refunds.GetValueOrDefault(rows.Key, rows.Key)],
                string.Join('|', rows.Select(row => $"{row["touch_kind"]}:{row["touch_id"]}"))
            );
            Assert.Equal(
                Enumerable.Range(1, rows.Count()),
                rows.Select(row => int.Parse(row["position"], CultureInfo.InvariantCulture))
            );
            var revenue = (long?)(conversions[rows.Key].Revenue * 1_000_000);
            foreach (var model in Credit.Names)
            {
                Assert.Equal(
                    refunds.ContainsKey(rows.Key) ? 0 : 1_000_000,
                    rows.Sum(row => long.Parse(row[$"{model}_millionths"], CultureInfo.InvariantCulture))
                );
                var parts = rows.Select(row => row[$"{model}_revenue_micros"]).ToList();
                Assert.Equal(revenue is null, parts.All(part => part == ""));
                Assert.Equal(
                    revenue ?? 0,
                    parts.Sum(part => part == "" ? 0 : long.Parse(part, CultureInfo.InvariantCulture))
                );
            }
        }
    }
}
