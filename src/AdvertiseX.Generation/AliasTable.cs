namespace AdvertiseX.Generation;

/// <summary>
/// Draws an index with a given weight in constant time (Walker's alias method in Vose's form, with integers only).
/// Immutable once built.
/// </summary>
internal sealed class AliasTable
{
    private readonly uint[] _threshold;
    private readonly int[] _alias;

    /// <param name="weights">Each at least 1; their sum times their number must fit 64 bits.</param>
    public AliasTable(ReadOnlySpan<long> weights)
    {
        var count = weights.Length;
        _threshold = new uint[count];
        _alias = new int[count];
        var sum = 0L;
        foreach (var weight in weights)
            sum += weight;

        var scaled = new long[count];
        var stack = new int[count];
        int small = 0,
            large = count;
        for (var i = 0; i < count; i++)
        {
            scaled[i] = checked(weights[i] * count);
            if (scaled[i] < sum)
                stack[small++] = i;
            else
                stack[--large] = i;
        }

        while (small > 0 && large < count)
        {
            var less = stack[--small];
            var more = stack[large];
            _threshold[less] = (uint)(((UInt128)(ulong)scaled[less] << 32) / (ulong)sum);
            _alias[less] = more;
            scaled[more] -= sum - scaled[less];
            if (scaled[more] >= sum)
                continue;
            large++;
            stack[small++] = more;
        }

        // What is left has exactly its share: always itself.
        for (; large < count; large++)
            Keep(stack[large]);
        while (small > 0)
            Keep(stack[--small]);
    }

    /// <summary>Weights that fall like 1/(rank + offset): a small offset gives a steep head.</summary>
    public static AliasTable Zipf(int count, int offset)
    {
        var weights = new long[count];
        for (var i = 0; i < count; i++)
            weights[i] = 1_000_000_000L / (i + 1 + offset) + 1;
        return new AliasTable(weights);
    }

    public int Draw(DeterministicRandom random)
    {
        var bits = random.Next();
        var index = (int)(((bits >> 32) * (ulong)(uint)_alias.Length) >> 32);
        return (uint)bits < _threshold[index] ? index : _alias[index];
    }

    private void Keep(int index)
    {
        _threshold[index] = uint.MaxValue;
        _alias[index] = index;
    }
}
