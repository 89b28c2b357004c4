namespace AdvertiseX.Bench;

/// <summary>What a lake of two-second commits costs: to open it after a year, a commit, and commits of many writers at
/// once.</summary>
internal static class CommitsBench
{
    public static async Task<int> RunAsync(string root, string[] args)
    {
        switch (args)
        {
            case []:
                OpenBench.Run(root, 10_000);
                await FixedCostBench.RunAsync(300);
                LedgerWriters.Run([1, 2, 8, 32]);
                return 0;
            case ["open"]:
                OpenBench.Run(root, 10_000);
                return 0;
            case ["open", var files]:
                OpenBench.Run(root, (int)FeedSet.ParseSize(files));
                return 0;
            case ["fixed", .. var commits]:
                await FixedCostBench.RunAsync(commits is [var count] ? (int)FeedSet.ParseSize(count) : 300);
                return 0;
            case ["writers", .. var counts]:
                LedgerWriters.Run(counts.Length > 0 ? [.. counts.Select(int.Parse)] : [1, 2, 8, 32]);
                return 0;
            default:
                Console.Error.WriteLine("usage: commits [open [FILES] | fixed [COMMITS] | writers [COUNT…]]");
                return 2;
        }
    }
}
