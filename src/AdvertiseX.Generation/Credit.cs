namespace AdvertiseX.Generation;

/// <summary>
/// How a conversion's credit is divided among its touches under each model of docs/terms.md ("Credit"), with integers
/// and decimals only, so that every machine gets the same.
/// </summary>
internal static class Credit
{
    public const int Models = 5;

    /// <summary>The models' names in the order of their numbers.</summary>
    public static readonly string[] Names = ["last_touch", "first_touch", "linear", "time_decay", "position"];

    private const long HalfLifeMicros = 7L * 86_400_000_000;
    private const decimal NaturalLogOf2 = 0.6931471805599453094172321215m;

    /// <summary>The weight of each touch, first to last.</summary>
    public static long[] Weights(int model, ReadOnlySpan<long> ageMicros)
    {
        var weights = new long[ageMicros.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = WeightAt(model, i, weights.Length, ageMicros[i]);
        return weights;
    }

    /// <summary>
    /// Divides an amount exactly; what is left over goes to the largest fractions, among equals to the earlier
    /// position. A negative amount is divided by its absolute value.
    /// </summary>
    public static long[] Divide(long amount, long[] weights)
    {
        Int128 sum = 0;
        foreach (var weight in weights)
            sum += weight;
        var absolute = Math.Abs(amount);
        var parts = new long[weights.Length];
        var fractions = new (Int128 Fraction, int Position)[weights.Length];
        var left = absolute;
        for (var i = 0; i < parts.Length; i++)
        {
            var (whole, rest) = Int128.DivRem((Int128)absolute * weights[i], sum);
            parts[i] = (long)whole;
            left -= parts[i];
            fractions[i] = (-rest, i);
        }

        Array.Sort(fractions);
        for (var i = 0; i < left; i++)
            parts[fractions[i].Position]++;
        if (amount < 0)
        {
            for (var i = 0; i < parts.Length; i++)
                parts[i] = -parts[i];
        }

        return parts;
    }

    private static long WeightAt(int model, int position, int touches, long ageMicros) =>
        model switch
        {
            0 => position == touches - 1 ? 1 : 0,
            1 => position == 0 ? 1 : 0,
            2 => 1,
            3 => Math.Max(1, (long)Math.Round(1_000_000_000m * HalvedOver(ageMicros), MidpointRounding.AwayFromZero)),
            // 40 : 20 / (n − 2) : 40 as whole numbers.
            _ => touches > 2 && (position == 0 || position == touches - 1) ? 2 * (touches - 2) : 1,
        };

    /// <summary>2 to the power of −age/7 days: halvings, and for what is left the series of the exponential
    /// function.</summary>
    private static decimal HalvedOver(long ageMicros)
    {
        var (halvings, rest) = Math.DivRem(ageMicros, HalfLifeMicros);
        var exponent = -NaturalLogOf2 * rest / HalfLifeMicros;
        decimal sum = 1,
            term = 1;
        for (var n = 1; n <= 24; n++)
            sum += term = term * exponent / n;
        for (; halvings > 0; halvings--)
            sum /= 2;
        return sum;
    }
}
