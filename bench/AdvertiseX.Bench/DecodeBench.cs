using System.Diagnostics;
using System.Globalization;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Csv;
using AdvertiseX.Decoding.Json;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Csv;
using AdvertiseX.Framing.Json;
using AdvertiseX.Records;
using CsvHelper;

namespace AdvertiseX.Bench;

/// <summary>Locating keys and values, nothing converted: our decoders beside Utf8JsonReader and CsvHelper on the same
/// bytes.</summary>
internal static class DecodeBench
{
    /// <param name="args">Millions of records (default 0.2), runs of each (default 5).</param>
    public static int Run(string[] args)
    {
        var records = (int)((args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 0.2) * 1_000_000);
        var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        var impressions = ContractFile.ShippedFor(Feed.Impressions);
        var clicks = ContractFile.ShippedFor(Feed.ClicksConversions);
        RunJson(
            "json lines",
            TextFeeds.Impressions(records, escapes: false, pretty: false),
            records,
            runs,
            impressions
        );
        RunJson(
            "json lines, \\/ in urls",
            TextFeeds.Impressions(records, escapes: true, pretty: false),
            records,
            runs,
            impressions
        );
        RunJson(
            "json array, pretty",
            TextFeeds.Impressions(records, escapes: false, pretty: true),
            records,
            runs,
            impressions
        );
        RunCsv(TextFeeds.Clicks(records), records, runs, clicks);
        AvroDecodeBench.Run(records, runs);
        return 0;
    }

    private static void RunJson(string name, byte[] input, int records, int runs, CompiledContract contract)
    {
        Console.WriteLine($"{name}: {records} records of {input.Length / records} bytes");
        var blocks = Blocks(new JsonFramer(new MemoryStream(input), new FramerOptions()));
        using var slots = new RecordSlots(contract);
        using var decoder = new JsonBlockDecoder(contract, 1 << 20);
        using var plain = new JsonBlockDecoder(contract, 1 << 20) { Fast = false };
        Measure(
            "  frame",
            input.Length,
            records,
            runs,
            () => Frame(new JsonFramer(new MemoryStream(input), new FramerOptions()))
        );
        var ours = Measure(
            "  decode",
            input.Length,
            records,
            runs,
            () => Count(blocks, slots, records, (b, s) => decoder.DecodeInto(b, s))
        );
        Measure(
            "  decode, slow path",
            input.Length,
            records,
            Math.Min(runs, 2),
            () => Count(blocks, slots, records, (b, s) => plain.DecodeInto(b, s))
        );
        if (blocks[0].Records != null)
            return;
        var peer = new Utf8JsonReaderPeer(contract, slots);
        var theirs = Measure(
            "  Utf8JsonReader, same work",
            input.Length,
            records,
            runs,
            () => blocks.ForEach(peer.Decode)
        );
        var walk = Measure(
            "  Utf8JsonReader, tokens only",
            input.Length,
            records,
            runs,
            () => blocks.ForEach(Utf8JsonReaderPeer.Walk)
        );
        Console.WriteLine($"  ratio {theirs / ours:0.0} (tokens only {walk / ours:0.0})");
        blocks.ForEach(b => b.Dispose());
    }

    private static void RunCsv(byte[] input, int records, int runs, CompiledContract contract)
    {
        Console.WriteLine($"csv: {records} records of {input.Length / records} bytes");
        using var framer = new CsvFramer(new MemoryStream(input), new FramerOptions(), contract);
        var blocks = Blocks(framer);
        using var slots = new RecordSlots(contract);
        using var decoder = new CsvBlockDecoder(contract, framer.Header!, 1 << 20);
        var frame = Measure(
            "  frame",
            input.Length,
            records,
            runs,
            () => Frame(new CsvFramer(new MemoryStream(input), new FramerOptions(), contract))
        );
        var ours = Measure(
            "  decode",
            input.Length,
            records,
            runs,
            () => Count(blocks, slots, records, (b, s) => decoder.DecodeInto(b, s))
        );
        var theirs = Measure(
            "  CsvHelper (frame and fields)",
            input.Length,
            records,
            Math.Min(runs, 3),
            () => ReadWithCsvHelper(input)
        );
        Console.WriteLine($"  ratio {theirs / (frame + ours):0.0}");
        blocks.ForEach(b => b.Dispose());
    }

    private static void ReadWithCsvHelper(byte[] input)
    {
        using var reader = CsvReader.Create(new MemoryStream(input), CsvReaderOptions.Default);
        reader.ReadHeader();
        long length = 0;
        while (reader.Read())
            for (var i = 0; i < reader.FieldCount; i++)
                length += reader.GetSpan(i).Length;
        GC.KeepAlive(length);
    }

    private static List<Block> Blocks(IFramer framer)
    {
        var blocks = new List<Block>();
        while (framer.Next() is { } block)
            blocks.Add(block);
        return blocks;
    }

    private static void Frame(IFramer framer)
    {
        using (framer)
            while (framer.Next() is { } block)
                block.Dispose();
    }

    private static void Count(List<Block> blocks, RecordSlots slots, int expected, Action<Block, CountingSink> decode)
    {
        var counter = new CountingSink.Counter();
        foreach (var block in blocks)
            decode(block, new CountingSink(slots, counter));
        if (counter.Written != expected)
            throw new InvalidOperationException($"{counter.Written} of {expected} records were read");
    }

    private static double Measure(string name, long bytes, int records, int runs, Action run)
    {
        // Long enough for the compiler to have optimised what runs.
        var warm = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warm).TotalSeconds < 0.8)
            run();
        var times = new double[runs];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < runs; i++)
        {
            var started = Stopwatch.GetTimestamp();
            run();
            times[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        var perRecord = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / runs / records;
        var best = times.Min();
        Console.WriteLine(
            $"{name, -32}{best / records * 1e9, 8:0.0} ns/record {bytes / best / 1e6, 8:0} MB/s {perRecord, 10:0.00} B/record allocated"
        );
        return best;
    }
}
