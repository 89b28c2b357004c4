using AdvertiseX.Bench;
using AdvertiseX.Bench.Collecting;
using AdvertiseX.Bench.Streaming;

var root = Path.GetFullPath(Path.Combine("artifacts", "bench"));
switch (args)
{
    case []:
        return await IngestBench.RunAsync(root, [1_000_000, 4_000_000, 16_000_000], 3);
    case ["ingest", .. var rest]:
        return await IngestBench.RunAsync(root, rest);
    case ["answers", .. var rest]:
        return await AnswersBench.RunAsync(root, rest);
    case ["refresh", .. var rest]:
        return await RefreshBench.RunAsync(root, rest);
    case ["report", .. var rest]:
        return await ReportBench.RunAsync(root, rest);
    case ["decode", "avro", var records]:
        AvroDecodeBench.Run((int)FeedSet.ParseSize(records), 5);
        return 0;
    case ["stages", .. var rest]:
        return await StageBench.RunAsync(root, rest);
    case ["decode", .. var rest]:
        var decoded = DecodeBench.Run(rest);
        DuckDbDecodeBench.Run(rest);
        return decoded;
    case ["commits", .. var rest]:
        return await CommitsBench.RunAsync(root, rest);
    case ["stream", .. var rest]:
        return await StreamCommand.RunAsync(root, rest);
    case ["collector", .. var rest]:
        await new CollectorBench(root).RunAsync(
            rest.Length > 0 ? double.Parse(rest[0]) : 20,
            rest.Length > 1 ? rest[1..] : null
        );
        return 0;
    case ["parquet", .. var rest]:
        return ParquetBench.Run(rest);
    case ["merge", .. var rest]:
        return await MergeBench.RunAsync(root, rest);
    case ["keys", .. var rest]:
        return KeysBench.Run(rest);
    case ["feeds", var size]:
        Console.WriteLine(await FeedSet.OfAsync(root, FeedSet.ParseSize(size)));
        return 0;

    // What the benches above run in processes of their own.
    case ["run-adx-open", var lake]:
        ChildResult.Tell(await OpenBench.OpenAsync(lake));
        return 0;
    case ["run-kafka-produce", var brokers, var topic, var feed, var count, var rate]:
        new LiveImpressions(feed, (ulong)Random.Shared.Next(1 << 23)).Send(
            brokers,
            topic,
            long.Parse(count),
            int.Parse(rate)
        );
        ChildResult.Tell();
        return 0;
    case ["run-kafka-consume", var brokers, var topic, var count]:
        ChildResult.Tell(BareConsumer.Consume(brokers, topic, long.Parse(count)));
        return 0;
    case ["run-kafka-batches", var brokers, var topic, var count]:
        ChildResult.Tell(BareConsumer.ConsumeBatches(brokers, topic, long.Parse(count)));
        return 0;
    case ["run-http-server", var kind, var folder]:
        await CollectorServer.RunAsync(kind, folder);
        return 0;
    case ["run-http-load", var port, var connections, var batch, var seconds]:
        await LoadClient.RunAsync(int.Parse(port), int.Parse(connections), int.Parse(batch), double.Parse(seconds));
        return 0;
    case ["run-adx-stream", var brokers, var topic, var lake, var count]:
        ChildResult.Tell(await WorkerRun.RunAsync(brokers, topic, lake, long.Parse(count)));
        return 0;
    case ["run-adx-commits", var lake, var writer, var seconds]:
        ChildResult.Tell(await LedgerWriters.CommitAsync(lake, writer, double.Parse(seconds)));
        return 0;
    case ["run-adx-age", var made, var rate, var days, var layout, var late]:
        ChildResult.Tell(
            await AgeBench.CommitAsync(
                made,
                int.Parse(rate),
                int.Parse(days),
                Enum.Parse<TimeLayout>(layout),
                int.Parse(late)
            )
        );
        return 0;
    case ["run-duckdb-anti-join", var folder, var rows]:
        ChildResult.Tell(AntiJoinPeer.RunOnce(folder, long.Parse(rows)));
        return 0;
    case ["run-adx-worker", var lake, var worker, var work]:
        ChildResult.Tell(
            await LiveWorker.RunAsync(
                lake,
                int.Parse(worker),
                System.Text.Json.JsonSerializer.Deserialize<LiveWork>(work)!
            )
        );
        return 0;
    case ["run-duckdb", var set, var bids, var output, .. var feeds]:
        ChildResult.Tell(DuckDbPeer.Run(set, bids, output, feeds));
        return 0;
    case ["run-merge", var who, var folder, var slices]:
        ChildResult.Tell(await MergeBench.RunOnceAsync(who, folder, int.Parse(slices)));
        return 0;
    case ["run-adx", var set, var output, .. var feeds]:
        await OurIngest.RunAsync(set, output, feeds);
        ChildResult.Tell();
        return 0;
    case ["run-adx-answers", var sets, var size, var output]:
        var described = await FeedSet.OfAsync(sets, FeedSet.ParseSize(size));
        ChildResult.Tell(await OurAnswers.RunAsync(described.ReferenceFolder, described.Feeds, output));
        return 0;
    case ["run-adx-lake", var reference, var output, .. var feeds]:
        ChildResult.Tell(await OurAnswers.RunAsync(reference, feeds, output));
        return 0;
    case ["run-adx-late", var output, .. var feeds]:
        await OurIngest.RunAsync(feeds, output);
        ChildResult.Tell();
        return 0;
    case ["run-adx-models", var lake, var how, var beside]:
        ChildResult.Tell(await OurAnswers.RunModelsAsync(lake, how == "full", beside == "apart"));
        return 0;
    case ["run-duckdb-report", var lake, var campaign]:
        await ReportBench.PrintPeerAsync(lake, campaign);
        return 0;
    case ["run-duckdb-answers", var sets, var size, var output]:
        ChildResult.Tell(DuckDbPeer.RunToAnswers(await FeedSet.OfAsync(sets, FeedSet.ParseSize(size)), output));
        return 0;
    case ["compare", var lake, var peer, .. var feeds]:
        foreach (var difference in await Comparison.OfAsync(lake, peer, feeds))
            Console.WriteLine(difference);
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: ingest [SIZES [RUNS]] | answers [SIZES [RUNS]] | refresh [SIZE [RUNS]] | report [SIZE] | stages [SIZE] | commits [open|fixed|writers|age|race|late] | decode [MILLIONS [RUNS]] | decode avro SIZE | parquet [MILLIONS [RUNS]] | merge [FILES ROWS SLICES] | keys [MILLIONS [BATCH]] | stream [catch-up [MESSAGES [TURNS]] | paced [RATE [SECONDS]]] | feeds SIZE   (SIZES: 1m,4m,16m)"
        );
        return 2;
}
