using System.Diagnostics;
using AdvertiseX.Columns;
using AdvertiseX.DuckDb;
using AdvertiseX.Parquet;

namespace AdvertiseX.Bench;

/// <summary>Order, encode and compress impressions: our writer beside DuckDB's COPY of the same rows.</summary>
internal static class ParquetBench
{
    /// <param name="args">Millions of rows (default 1), runs of each (default 5).</param>
    public static int Run(string[] args)
    {
        var millions = args.Length > 0 ? double.Parse(args[0]) : 1;
        var runs = args.Length > 1 ? int.Parse(args[1]) : 5;
        var rows = (int)(millions * 1_000_000);
        var folder = Directory.CreateTempSubdirectory("adx-bench-").FullName;
        try
        {
            using var batch = SyntheticImpressions.Create(rows, 1);
            var ours = Path.Combine(folder, "ours.parquet");
            int[] order = [];
            Measure("order", millions, runs, null, () => order = Order(batch));
            Measure("ours", millions, runs, ours, () => Write(ours, batch, order, new ParquetOptions()));
            Measure(
                "ours, no zstd",
                millions,
                runs,
                ours,
                () => Write(ours, batch, order, new ParquetOptions { Compress = false })
            );
            Peer(folder, ours, millions, Math.Min(runs, 3));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void Peer(string folder, string ours, double millions, int runs)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        connection.Execute($"SET threads = 2; CREATE TABLE t AS SELECT * FROM read_parquet('{ours}')");
        foreach (var codec in new[] { "snappy", "zstd" })
        {
            var theirs = Path.Combine(folder, codec + ".parquet");
            var into = $"TO '{theirs}' (FORMAT parquet, COMPRESSION {codec})";
            Measure($"DuckDB COPY {codec}", millions, runs, theirs, () => connection.Execute($"COPY t {into}"));
            Measure(
                $"DuckDB COPY {codec}, ordered",
                millions,
                runs,
                theirs,
                () => connection.Execute($"COPY (FROM t ORDER BY campaign_id, event_time) {into}")
            );
        }
    }

    /// <summary>Counting sort by campaign; rows of a campaign stay in order of arrival.</summary>
    private static unsafe int[] Order(ColumnBatch batch)
    {
        var campaign = batch.Dictionary("campaign_id");
        var next = new int[campaign.Dictionary.Count + 2];
        for (var i = 0; i < batch.Rows; i++)
            next[campaign.Codes[i] + 1]++;
        for (var c = 1; c < next.Length; c++)
            next[c] += next[c - 1];
        var order = new int[batch.Rows];
        for (var i = 0; i < batch.Rows; i++)
            order[next[campaign.Codes[i]]++] = i;
        return order;
    }

    private static void Measure(string name, double millions, int runs, string? path, Action work)
    {
        double best = double.MaxValue,
            bestWall = double.MaxValue;
        long allocated = 0;
        for (var i = 0; i < runs; i++)
        {
            if (path != null)
                File.Delete(path);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var wall = Stopwatch.GetTimestamp();
            work();
            bestWall = Math.Min(bestWall, Stopwatch.GetElapsedTime(wall).TotalSeconds);
            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var size = path == null ? "" : $", {new FileInfo(path).Length / 1e6 / millions:F1} MB a million";
        Console.WriteLine(
            $"{name, -30} {best / millions:F3} CPU s a million, {bestWall / millions:F3} s{size}, {allocated / 1024} KiB allocated"
        );
    }

    /// <summary>Writes rows of a batch as a new file.</summary>
    public static void Write(string path, ColumnBatch batch, ReadOnlySpan<int> rows, ParquetOptions options)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        ParquetFileWriter.Write(file, batch, rows, options);
    }
}
