using AdvertiseX.Bench;

string root = Path.GetFullPath(Path.Combine("artifacts", "bench"));
switch (args)
{
    case ["feeds", var size]:
        Console.WriteLine(await FeedSet.OfAsync(root, FeedSet.ParseSize(size)));
        return 0;
    case ["run-duckdb", var set, var bids, var output, .. var feeds]:
        ChildResult.Tell(DuckDbPeer.Run(set, bids, output, feeds));
        return 0;
    case ["run-ours", var set, var output, .. var feeds]:
        await OurIngest.RunAsync(set, output, feeds);
        ChildResult.Tell();
        return 0;
    case ["compare", var lake, var peer, .. var feeds]:
        foreach (string difference in await Comparison.OfAsync(lake, peer, feeds)) Console.WriteLine(difference);
        return 0;
    case ["ingest", .. var rest]:
        return await IngestBench.RunAsync(root, rest is [var sizes, ..] ? [.. sizes.Split(',').Select(FeedSet.ParseSize)] : [1_000_000, 4_000_000, 16_000_000], rest is [_, var runs] ? int.Parse(runs) : 3);
    case ["parquet", .. var rest]:
        return ParquetBench.Run(rest);
    default:
        Console.Error.WriteLine("usage: AdvertiseX.Bench ingest [SIZES [RUNS]] | parquet [MILLIONS [RUNS]] (SIZES: 1m,4m,16m)");
        return 2;
}
