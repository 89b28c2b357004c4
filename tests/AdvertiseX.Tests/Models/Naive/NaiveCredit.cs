using System.Numerics;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>What each model gives to each touch of a conversion (docs/terms.md, Credit).</summary>
internal static class NaiveCredit
{
    public static readonly string[] Models = ["last_touch", "first_touch", "linear", "time_decay", "position"];

    /// <summary>Credit in millionths and revenue in micros of each touch, in their order; revenue that is not known
    /// stays so. An adjustment is divided as its conversion is, and has no credit.</summary>
    public static IReadOnlyList<(NaiveEvent Touch, long Millionths, long? Revenue)> Of(
        NaiveConversion conversion,
        string model
    )
    {
        var earner = conversion.Earner;
        var weights = earner
            .Touches.Select((touch, i) => Weight(model, i, earner.Touches.Count, earner.Micros - touch.Micros))
            .ToArray();
        var millionths = Divide(conversion.IsAdjustment ? 0 : 1_000_000, weights);
        var revenue = conversion.Amount is { } amount ? Divide(amount, weights) : null;
        return [.. earner.Touches.Select((touch, i) => (touch, millionths[i], revenue?[i]))];
    }

    private static long Weight(string model, int i, int n, long age) =>
        model switch
        {
            "last_touch" => i == n - 1 ? 1 : 0,
            "first_touch" => i == 0 ? 1 : 0,
            "linear" => 1,
            "time_decay" => Math.Max(
                1,
                (long)Math.Round(1e9 * Math.Pow(2, -age / (7 * 86_400e6)), MidpointRounding.AwayFromZero)
            ),
            _ => n > 2 && (i == 0 || i == n - 1) ? 2 * (n - 2) : 1,
        };

    private static long[] Divide(long amount, long[] weights)
    {
        var whole = weights.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight);
        var exact = weights.Select(weight => new BigInteger(Math.Abs(amount)) * weight).ToArray();
        var parts = exact.Select(each => (long)(each / whole)).ToArray();
        var left = (int)(Math.Abs(amount) - parts.Sum());
        foreach (
            var i in Enumerable
                .Range(0, parts.Length)
                .OrderByDescending(i => exact[i] % whole)
                .ThenBy(i => i)
                .Take(left)
        )
            parts[i]++;
        return [.. parts.Select(part => Math.Sign(amount) * part)];
    }
}
