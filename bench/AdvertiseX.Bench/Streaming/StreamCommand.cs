namespace AdvertiseX.Bench.Streaming;

/// <summary>What <c>bench stream</c> is asked for.</summary>
internal static class StreamCommand
{
    public static async Task<int> RunAsync(string root, string[] args)
    {
        if (Environment.GetEnvironmentVariable("ADX_KAFKA_BROKERS") is not { Length: > 0 } brokers)
        {
            Console.Error.WriteLine("ADX_KAFKA_BROKERS says which Kafka to use (HOST:PORT)");
            return 2;
        }

        var bench = new StreamBench(root, brokers);
        switch (args)
        {
            case []:
                await bench.CatchUpAsync(4_000_000, 3);
                await bench.PacedAsync(20_000, 120);
                await bench.PacedAsync(50_000, 120);
                return 0;
            case ["catch-up", .. var rest]:
                await bench.CatchUpAsync(
                    rest.Length > 0 ? FeedSet.ParseSize(rest[0]) : 4_000_000,
                    rest.Length > 1 ? int.Parse(rest[1]) : 3
                );
                return 0;
            case ["paced", .. var rest]:
                await bench.PacedAsync(
                    rest.Length > 0 ? (int)FeedSet.ParseSize(rest[0]) : 20_000,
                    rest.Length > 1 ? int.Parse(rest[1]) : 120
                );
                return 0;
            case ["memory", .. var rest]:
                await bench.MemoryAsync(
                    rest.Length > 0 ? (int)FeedSet.ParseSize(rest[0]) : 5_000,
                    rest.Length > 1 ? int.Parse(rest[1]) : 3_660
                );
                return 0;
            default:
                Console.Error.WriteLine(
                    "usage: stream [catch-up [MESSAGES [TURNS]] | paced [RATE [SECONDS]] | memory [RATE [SECONDS]]]"
                );
                return 2;
        }
    }
}
