using System.Diagnostics;
using AdvertiseX.Compression;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;
using AdvertiseX.Generation;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Bench;

/// <summary>Generated bid requests from container blocks to slots: the compiled program beside the plain walk, and the
/// parts on their own. Times are CPU seconds of this thread's process, for a million records.</summary>
internal static unsafe class AvroDecodeBench
{
    /// <param name="records">About so many impressions are generated; bid requests are somewhat more.</param>
    /// <param name="runs">Of each; the best counts.</param>
    public static void Run(int records, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("adx-avro-bench").FullName;
        try
        {
            FeedGenerator
                .GenerateAsync(
                    new GeneratorOptions
                    {
                        OutputDirectory = folder,
                        Impressions = records,
                        Dirt = DirtRates.None,
                    }
                )
                .GetAwaiter()
                .GetResult();
            Measure(Directory.GetFiles(Path.Combine(folder, "bid_requests")), runs);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void Measure(string[] files, int runs)
    {
        var contract = ContractFile.ShippedFor(Feed.BidRequests);
        var blocks = new List<Block>();
        AvroHeader? header = null;
        foreach (var file in files)
        {
            using var framer = new AvroFramer(File.OpenRead(file), new FramerOptions());
            while (framer.Next() is { } block)
                blocks.Add(block);
            header ??= framer.Header;
        }

        using var slots = new RecordSlots(contract);
        using var fast = new AvroBlockDecoder(header, contract, 1 << 20);
        using var plain = new AvroBlockDecoder(header, contract, 1 << 20) { Fast = false };
        using var decompressor = new BlockDecompressor();
        var extra = new ExtraJson();
        long count = Decode(blocks, slots, fast),
            bytes = blocks.Sum(b => (long)b.Length);
        Console.WriteLine($"avro: {count} bid requests of {bytes / count} bytes compressed");
        var ours = Best("  snappy, CRC and decode", count, runs, () => Decode(blocks, slots, fast));
        var before = Best("  the same, plain", count, runs, () => Decode(blocks, slots, plain));
        Best("  snappy and CRC alone", count, runs, () => Decompress(blocks, header!.Codec, decompressor));
        Best("  decode and unmapped as JSON", count, runs, () => Render(blocks, slots, fast, extra));
        Console.WriteLine($"  ratio {before / ours:0.0}");
        blocks.ForEach(b => b.Dispose());
    }

    private static long Decode(List<Block> blocks, RecordSlots slots, AvroBlockDecoder decoder)
    {
        var counter = new CountingSink.Counter();
        foreach (var block in blocks)
            decoder.DecodeInto(block, new CountingSink(slots, counter));
        return counter.Written;
    }

    private static void Render(List<Block> blocks, RecordSlots slots, AvroBlockDecoder decoder, ExtraJson extra)
    {
        foreach (var block in blocks)
            decoder.DecodeInto(block, new RenderingSink(slots, extra));
    }

    private static void Decompress(List<Block> blocks, BlockCodec codec, BlockDecompressor decompressor)
    {
        foreach (var block in blocks)
        {
            for (var i = 0; i < block.Records!.Count; i++)
            {
                var span = new ReadOnlySpan<byte>(block.Bytes + block.Records[i].Start, block.Records[i].Length);
                Skip(ref span);
                var size = (int)(Skip(ref span) >> 1);
                if (
                    decompressor.Decompress(codec, span[..size], AvroBlockDecoder.MaxDecompressedBytes)
                    != DecompressionResult.Ok
                )
                    throw new InvalidOperationException("a generated block is damaged");
            }
        }
    }

    private static long Skip(ref ReadOnlySpan<byte> span)
    {
        long value = 0;
        var i = 0;
        do value |= (long)(span[i] & 0x7F) << (7 * i);
        while (span[i++] >= 0x80);
        span = span[i..];
        return value;
    }

    private static double Best(string name, long records, int runs, Action run)
    {
        var warm = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warm).TotalSeconds < 1)
            run();
        var best = double.MaxValue;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < runs; i++)
        {
            var started = Environment.CpuUsage.TotalTime;
            run();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - started).TotalSeconds);
        }

        var perRecord = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / runs / records;
        Console.WriteLine(
            $"{name, -32}{best / records * 1e6, 8:0.000} CPU s per million records {perRecord, 8:0.00} B/record allocated"
        );
        return best;
    }

    /// <summary>Renders what no contract names, as the row writer does.</summary>
    private readonly struct RenderingSink(RecordSlots record, ExtraJson extra) : IRecordSink
    {
        public RecordSlots Record => record;

        public void Write(in RecordBytes at) => extra.Render(record);

        public void Reject(in RejectedEvent rejected) { }
    }
}
