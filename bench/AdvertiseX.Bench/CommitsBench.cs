namespace AdvertiseX.Bench;

/// <summary>What a lake of two-second commits costs: to open it after a year, a commit by the lake's age, commits of
/// many writers at once, late rows.</summary>
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
            case ["age"]:
                AgeBench.Run(root, [1_000, 20_000, 50_000], [1, 7, 30]);
                AntiJoinPeer.Run(root, [20_000_000, 80_000_000]);
                return 0;
            case ["age", "duckdb"]:
                AntiJoinPeer.Run(root, [20_000_000, 80_000_000]);
                return 0;
            case ["age", "recent", var rate, .. var days]:
                AgeBench.Run(root, [int.Parse(rate)], [.. days.Select(int.Parse)], lateDays: 1);
                return 0;
            case ["age", var rate, .. var days]:
                AgeBench.Run(root, [int.Parse(rate)], [.. days.Select(int.Parse)]);
                return 0;
            case ["race", .. var workers]:
                LiveWorkers.Race(workers.Length > 0 ? [.. workers.Select(int.Parse)] : [2, 8, 32]);
                return 0;
            case ["late"]:
                LiveWorkers.Late();
                return 0;
            default:
                Console.Error.WriteLine(
                    "usage: commits [open [FILES] | fixed [COMMITS] | writers [COUNT…] | age [[recent] RATE DAYS… | duckdb] | race [PROCESSES…] | late]"
                );
                return 2;
        }
    }
}
