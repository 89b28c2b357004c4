using System.Globalization;
using System.Text.Json;
using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Bench;

/// <summary>Merge of files of impressions of one date, as compaction does it: our own merge beside DuckDB's COPY, each
/// in processes of its own.</summary>
internal static class MergeBench
{
    private const string Inputs = "inputs.json";
    private const long Day = 1_709_251_200_000_000;
    private const long DayMicros = 86_400_000_000;
    private static readonly DateOnly Date = new(2024, 3, 1);

    /// <param name="root">Where the files are kept meanwhile.</param>
    /// <param name="args">Files, rows of each and slices of the day; without any the two usual cases.</param>
    public static async Task<int> RunAsync(string root, string[] args)
    {
        int[][] cases =
            args.Length == 3
                ?
                [
                    [.. args.Select(int.Parse)],
                ]
                :
                [
                    [64, 20_000, 1],
                    [8, 1_200_000, 4],
                ];
        foreach (var parts in cases)
        {
            var folder = Path.Combine(root, "merge");
            if (Directory.Exists(folder))
                Directory.Delete(folder, true);
            var bytes = await MakeAsync(folder, parts[0], parts[1]);
            var millions = parts[0] * (double)parts[1] / 1e6;
            Console.WriteLine(
                $"{parts[0]} files of {parts[1]} rows, {bytes / 1e6:F0} MB, to {parts[2]} slices (DuckDB: to one file)"
            );
            foreach (var who in new[] { "adx", "duckdb" })
                Print(who, ChildResult.Of("run-merge", who, folder, parts[2].ToString()), millions);
            Directory.Delete(folder, true);
        }

        return 0;
    }

    /// <summary>Merges twice and tells what the second time cost, when everything is compiled.</summary>
    public static async Task<ChildResult> RunOnceAsync(string who, string folder, int slices)
    {
        var store = new LocalObjectStore(folder);
        var inputs = JsonSerializer.Deserialize<List<MergeInput>>(
            await File.ReadAllTextAsync(Path.Combine(folder, Inputs))
        )!;
        ChildResult result = new(0, 0, 0, 0);
        for (var run = 0; run < 2; run++)
        {
            var before = GC.GetTotalAllocatedBytes(true);
            var cpu = Environment.CpuUsage.TotalTime;
            var files = who == "adx" ? await OursAsync(store, inputs, slices) : await TheirsAsync(store, inputs);
            result = result with
            {
                Steps = new()
                {
                    ["cpu"] = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
                    ["allocated"] = GC.GetTotalAllocatedBytes(true) - before,
                    ["files"] = files.Count,
                    ["rows"] = files.Sum(file => file.Rows),
                    ["bytes"] = files.Sum(file => file.SizeBytes),
                },
            };
            foreach (var file in files)
                await store.DeleteAsync(file.Key);
        }

        return result;
    }

    private static async Task<IReadOnlyList<StagedFile>> OursAsync(
        LocalObjectStore store,
        List<MergeInput> inputs,
        int slices
    )
    {
        var parts = Enumerable
            .Range(0, slices)
            .Select(i => new MergeSlice(Day + (DayMicros / slices * i), i))
            .ToArray();
        var merge = new FactFileMerge(store, new ParquetOptions());
        return await merge.MergeAsync(FactTables.Impressions, inputs, Date, parts, CancellationToken.None)
            ?? throw new InvalidOperationException("the files are not ours");
    }

    // As Compaction did it before files were merged here.
    private static async Task<IReadOnlyList<StagedFile>> TheirsAsync(LocalObjectStore store, List<MergeInput> inputs)
    {
        using var engine = new DuckDbEngine();
        var staging = new StagingArea(store);
        foreach (var input in inputs)
        {
            if (StagingArea.HashOf(store, input.Key, CancellationToken.None) != input.Hash)
                throw new InvalidOperationException($"{input.Key} is damaged");
        }

        var columns = FactTables.Impressions.Columns.Where(column => !column.Partition).ToList();
        var set = new ParquetSet(
            "files",
            [.. columns.Select(column => new ParquetColumn(column.Name, TypeOf(column.Type)))],
            [.. inputs.Select(input => store.AddressOf(input.Key))]
        )
        {
            FilesMayLackColumns = true,
        };
        var written = await staging.WriteAsync(
            engine,
            $"SELECT {string.Join(", ", columns.Select(column => engine.Dialect.Name(column.Name)))} FROM files",
            [set],
            FactTables.Impressions.Name,
            folder => new(folder) { SortColumns = ["campaign_id", "event_time"], IsVersion2 = true },
            CancellationToken.None,
            inputs[0].Key.Split('/')[1]
        );
        return await staging.SealAsync(written, CancellationToken.None);
    }

    private static SqlType TypeOf(ColumnType type) =>
        type switch
        {
            ColumnType.Int64 => SqlType.Int64,
            ColumnType.Int32 => SqlType.Int32,
            ColumnType.Boolean => SqlType.Boolean,
            ColumnType.Timestamp => SqlType.Timestamp,
            ColumnType.Date => SqlType.Date,
            _ => SqlType.Text,
        };

    /// <summary>Many small files follow one another in time, as commits do; few large ones cover the day
    /// each.</summary>
    private static async Task<long> MakeAsync(string folder, int files, int rows)
    {
        Directory.CreateDirectory(folder);
        var store = new LocalObjectStore(folder);
        var inputs = new List<MergeInput>();
        long bytes = 0;
        var small = files > 8;
        using var all = SyntheticImpressions.Create(small ? files * rows : 1, 1);
        for (var i = 0; i < files; i++)
        {
            using var own = small ? null : SyntheticImpressions.Create(rows, i + 1);
            using var kept = NativePool.Rent(all.Rows);
            var key = $"{FactTables.Impressions.Name}/{LakeTable.NewFilePath(Date)}";
            await using var file = await store.CreateAsync(key);
            var info = Write(file, own ?? all, kept, small ? i * rows : 0, rows);
            bytes += await file.CompleteAsync();
            inputs.Add(new MergeInput(key, info.Hash, info.Rows));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, Inputs), JsonSerializer.Serialize(inputs));
        return bytes;
    }

    private static unsafe ParquetFileInfo Write(
        NewObject file,
        ColumnBatch batch,
        NativeBuffer left,
        int from,
        int rows
    )
    {
        if (batch.Rows > rows)
        {
            new Span<byte>(left.Pointer, batch.Rows).Fill(1);
            left.Span.Slice(from, rows).Clear();
        }

        using var order = new RowOrder(batch, batch.Rows > rows ? left.Pointer : null);
        return ParquetFileWriter.Write(file.Content, batch, order.RowsAt(0), new ParquetOptions());
    }

    private static void Print(string who, ChildResult result, double millions)
    {
        var steps = result.Steps;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{who, -8} {steps["cpu"] / millions:F3} CPU s a million, {steps["allocated"] / 1e6:F1} MB allocated, peak {result.PeakMegabytes:F0} MB, {steps["files"]} files, {steps["bytes"] / 1e6 / millions:F1} MB a million rows ({steps["rows"]})"
            )
        );
    }
}
