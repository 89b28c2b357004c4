namespace AdvertiseX.Tests;

/// <summary>Seeds for a test as rows of its data: the first few run always, the others with <c>./build.sh
/// integration</c>.</summary>
internal static class Seeds
{
    /// <param name="first">The first.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="fast">How many of them are in the fast suite.</param>
    public static IEnumerable<TheoryDataRow<int>> From(int first, int count, int fast) =>
        Enumerable.Range(first, count).Select(seed => new TheoryDataRow<int>(seed) { Explicit = seed >= first + fast });
}
