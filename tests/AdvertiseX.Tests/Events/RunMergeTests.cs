using AdvertiseX.Events;

namespace AdvertiseX.Tests.Events;

public sealed class RunMergeTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2000, 1)]
    [InlineData(3, 2000, 7)]
    [InlineData(4, 5000, 64)]
    [InlineData(5, 3000, 3000)]
    public unsafe void Runs_become_one_and_rows_of_one_time_keep_their_order(int seed, int rows, int runs)
    {
        var random = new Random(seed);
        var times = Enumerable.Range(0, rows).Select(_ => (long)random.Next(-500, 500)).ToArray();
        for (var run = 0; run < runs; run++)
            Array.Sort(times, rows * run / runs, (rows * (run + 1) / runs) - (rows * run / runs));
        int[] order = [.. Enumerable.Range(0, rows)];
        fixed (long* time = times)
        {
            using var merge = new RunMerge(order, time);
            merge.MergeInto(order);
        }

        Assert.Equal(Enumerable.Range(0, rows).OrderBy(row => times[row]), order);
    }
}
