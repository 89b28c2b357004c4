using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Decoding.Csv;
using AdvertiseX.Decoding.Json;
using AdvertiseX.Deduplication;
using AdvertiseX.Enrichment;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Parquet;
using AdvertiseX.Records;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Bench;

/// <summary>
/// The stages of an ingest one after the other on one thread, each with its CPU seconds for a million events: where the
/// time goes, beside the budget of the design. The hot path itself holds no clock. The compiler's work is left out by a
/// first round that does not count; what an ingest costs beyond the sum is threads, commits, the duplicate check
/// against older files, and that work.
/// </summary>
internal sealed class StageBench : IDisposable
{
    private const long UnitBytes = 128L << 20;
    private static readonly string[] Stages =
    [
        "read, frame",
        "decode",
        "validate, hash, columns",
        "enrich",
        "gather",
        "duplicates",
        "order",
        "encode, write",
    ];

    private readonly Enricher _enricher = new(new EnrichmentOptions());
    private readonly Dictionary<string, double> _seconds = Stages.ToDictionary(s => s, _ => 0.0);
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-stages-").FullName;
    private ColumnBatch? _unit;
    private long _events;

    public static async Task<int> RunAsync(string root, string[] args)
    {
        var set = await FeedSet.OfAsync(root, FeedSet.ParseSize(args.Length > 0 ? args[0] : "1m"));
        var columns = new List<(string Feed, StageBench Bench)>();
        foreach (var feed in new[] { "impressions", "bid_requests" })
        {
            using var bench = new StageBench();
            var sources = new SourceCatalog(ContractFile.Shipped).Find([Path.Combine(set.Folder, feed)]).Sources;
            bench.Round(sources);
            bench.Forget();
            bench.Round(sources);
            columns.Add((feed, bench));
        }

        ResultPage.Write("Stages of an ingest", Page(columns));
        return 0;
    }

    public void Dispose()
    {
        _unit?.Dispose();
        Directory.Delete(_folder, true);
    }

    private static string Page(List<(string Feed, StageBench Bench)> columns)
    {
        var page = new StringBuilder("CPU seconds for a million events, one thread, after warming up.\n\n");
        page.AppendLine($"| stage | {string.Join(" | ", columns.Select(c => c.Feed))} | budget |");
        page.AppendLine($"|---|{string.Concat(Enumerable.Repeat("---|", columns.Count))}---|");
        foreach (var stage in Stages)
            Line(stage, b => b._seconds[stage], Budget(stage));
        Line("**sum**", b => b._seconds.Values.Sum(), "0.7");
        return page.ToString();

        void Line(string name, Func<StageBench, double> of, string budget) =>
            page.AppendLine(
                $"| {name} | {string.Join(" | ", columns.Select(c => (of(c.Bench) / c.Bench._events * 1e6).ToString("F3", CultureInfo.InvariantCulture)))} | {budget} |"
            );
    }

    private static string Budget(string stage) =>
        stage switch
        {
            "decode" => "0.3 (with framing)",
            "duplicates" => "0.05",
            "enrich" => "0.05",
            "encode, write" => "0.3 (with order)",
            _ => "",
        };

    private void Round(IReadOnlyList<FileSource> sources)
    {
        foreach (var source in sources)
            Read(source);
        Flush();
    }

    private void Forget()
    {
        foreach (var stage in Stages)
            _seconds[stage] = 0;
        _events = 0;
    }

    private void Read(FileSource source)
    {
        using var content = SourceContent.OpenContent(source);
        using var framer = SourceContent.Frame(source, content, new FramerOptions());
        var context = new StreamContext(
            source.Path,
            (TimeProvider.System.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / 10,
            default
        );
        using var rows = new RowWriter(source.Contract, context, new ValidationOptions());
        using var slots = new RecordSlots(source.Contract);
        IRecordDecoder? decoder = null;
        while (Timed("read, frame", framer.Next) is { } block)
        {
            using (block)
            {
                decoder ??= framer.CreateDecoder(source.Contract);
                var decode = Time(() => decoder.DecodeInto(block, new CountingSink(slots, new CountingSink.Counter())));
                _seconds["decode"] += decode;
                _seconds["validate, hash, columns"] += Time(() => decoder.Decode(block, rows)) - decode;
            }

            using var decoded = rows.Finish();
            foreach (var kind in Enum.GetValues<EventKind>())
                if (decoded.Facts[(int)kind] is { } batch)
                    Add(kind, batch);
        }

        decoder?.Dispose();
    }

    private void Add(EventKind kind, ColumnBatch batch)
    {
        _events += batch.Rows;
        _seconds["enrich"] += Time(() => _enricher.Enrich(kind, batch, false));
        _seconds["gather"] += Time(() => (_unit ??= new ColumnBatch(batch.Schema, batch.Rows)).Append(batch));
        if (_unit!.UsedBytes >= UnitBytes)
            Flush();
    }

    private unsafe void Flush()
    {
        if (_unit is not { Rows: > 0 } unit)
            return;
        unit.Int64("processed_time").Fill(unit.Rows, 0);
        using var verdicts = Timed(
            "duplicates",
            () =>
            {
                using var search = new DuplicateSearch(unit, TimeSpan.FromDays(7));
                return search.Finish();
            }
        );
        using var order = Timed("order", () => new RowOrder(unit, verdicts.Pointer));
        for (var i = 0; i < order.DateCount; i++)
        {
            var date = i;
            var path = Path.Combine(_folder, $"{date}.parquet");
            File.Delete(path);
            _seconds["encode, write"] += Time(() =>
                ParquetBench.Write(path, unit, order.RowsAt(date), new ParquetOptions())
            );
        }

        _unit.Dispose();
        _unit = null;
    }

    private T Timed<T>(string stage, Func<T> work)
    {
        T result = default!;
        _seconds[stage] += Time(() => result = work());
        return result;
    }

    private static double Time(Action work)
    {
        var before = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
