using System.Text;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>
/// docs/guarantees.md: the same records in any order, split into any files and batches, repeated, in files that grow,
/// with any stops and crashes, give the same events, each once; and the sums hold at every version.
/// </summary>
public class AnyOrderAnySplitTests
{
    private const string Header = "event_id,timestamp,user_id,campaign_id,conversion_type,revenue\n";

    [Theory]
    [InlineData(1, Explicit = true)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4, Explicit = true)]
    [InlineData(5, Explicit = true)]
    [InlineData(6, Explicit = true)]
    public async Task The_same_events_come_out(int seed)
    {
        var random = new Random(seed);
        string[] lines = [.. Enumerable.Range(0, random.Next(60, 160)).Select(_ => Line(random))];
        using var reference = new TempIngest();
        reference.Write("all.csv", Header + string.Concat(lines));
        var whole = await reference.RunAsync();
        using var split = new TempIngest();
        random.Shuffle(lines);
        await IngestInPiecesAsync(split, lines, random);
        foreach (var table in new[] { "clicks", "conversions" })
            Assert.Equal(await IdsAsync(reference, table), await IdsAsync(split, table));
        await CheckEveryVersionAsync(split, whole);
    }

    private static string Line(Random random)
    {
        var id = random.Next(60);
        var kind = id % 3 == 0 ? "purchase" : "click";
        var revenue = id % 3 == 0 ? (random.Next(5) == 0 ? random.Next(100, 103) : 100).ToString() : "";
        return random.Next(12) switch
        {
            0 => $"broken {id}\n",
            1 => $"b{random.Next(1000)},yesterday,u{id},c1,{kind},{revenue}\n",
            2 => $"n{random.Next(1000)},2024-03-01,u{id},c1,none,\n",
            _ => $"e{id},2024-03-{1 + (id % 8):00},u{id},c1,{kind},{revenue}\n",
        };
    }

    /// <summary>Files of random parts of the lines come, some twice, some grow at any byte; runs are stopped and crash
    /// at any step.</summary>
    private static async Task IngestInPiecesAsync(TempIngest ingest, string[] lines, Random random)
    {
        var files = new Dictionary<string, byte[]>();
        for (var at = 0; at < lines.Length; )
        {
            var count = Math.Min(random.Next(1, 50), lines.Length - at);
            var text = Header + string.Concat(lines[at..(at + count)]);
            if (random.Next(3) == 0)
                text = text.TrimEnd('\n');
            files[$"f{at}.csv"] = Encoding.UTF8.GetBytes(text);
            if (random.Next(4) == 0)
                files[$"again{at}.csv.gz"] = TempIngest.Gzip(text);
            at += count;
        }

        foreach (var (name, bytes) in files)
        {
            var grows = name.EndsWith(".csv", StringComparison.Ordinal) && random.Next(2) == 0;
            ingest.Write(name, grows ? bytes.AsSpan(0, random.Next(1, bytes.Length)) : bytes);
            if (random.Next(2) == 0)
                await RunOnceAsync(ingest, random);
            ingest.Write(name, bytes);
        }

        while (!await RunOnceAsync(ingest, random)) { }
    }

    /// <summary>One process's life: true if it ended by itself with everything read.</summary>
    private static async Task<bool> RunOnceAsync(TempIngest ingest, Random random)
    {
        ingest.Options = new IngestOptions
        {
            AnySize = true,
            CommitUnitBytes = random.Next(2) == 0 ? 1 : 100_000,
            BlocksInFlight = random.Next(1, 4),
            Framing = new() { BlockBytes = random.Next(64, 2000), MaxRecordBytes = 4000 },
        };
        using var stop = new CancellationTokenSource();
        using var crash = random.Next(3) == 0 ? new CrashAt(null, random.Next(1, 12)) : null;
        if (random.Next(3) == 0)
            stop.CancelAfter(random.Next(1, 400));
        try
        {
            return !(await ingest.RunAsync(null, stop.Token)).Stopped;
        }
        catch (CrashAt.Crash)
        {
            return false;
        }
    }

    private static async Task<List<string?>> IdsAsync(TempIngest ingest, string table)
    {
        using var lake = await ingest.OpenAsync();
        return
        [
            .. TempIngest.Query(lake, table, "SELECT event_id FROM events ORDER BY event_id").Select(row => row[0]),
        ];
    }

    /// <summary>At every version of a table its rows are those that the ledger counts up to the batch applied
    /// last.</summary>
    private static async Task CheckEveryVersionAsync(TempIngest ingest, IngestReport whole)
    {
        await ingest.VerifyAsync();
        using var lake = await ingest.OpenAsync();
        var counts = new Dictionary<string, SortedList<long, long>>();
        for (long version = 0; version <= lake.Ledger.Version; version++)
        {
            if (await lake.Ledger.ReadEntryAsync(version) is not { } entry)
                continue;
            foreach (var count in entry.Streams.SelectMany(s => s.Counts))
            {
                Assert.True(count.Conserves);
                Add(count.Kind, version, count.Accepted);
                Add("rejects", version, count.Rejected);
            }
        }

        foreach (var table in lake.Tables)
        {
            for (long version = 0; version <= table.Delta.Latest.Version; version++)
            {
                var snapshot = await table.Delta.AtAsync(version);
                var applied = snapshot.TransactionOf(DataLake.IngestAppId);
                var counted = counts.TryGetValue(table.Name, out var of)
                    ? of.Where(c => c.Key <= applied).Sum(c => c.Value)
                    : 0;
                Assert.Equal(counted, snapshot.Files.Values.Sum(f => f.Rows));
            }
        }

        foreach (var kind in new[] { EventKind.Click, EventKind.Conversion })
            Assert.Equal(whole.CountsOf(kind).Accepted, counts[FactTables.Of(kind).Name].Values.Sum());

        void Add(string table, long version, long rows)
        {
            if (!counts.TryGetValue(table, out var of))
                counts.Add(table, of = []);
            of[version] = of.GetValueOrDefault(version) + rows;
        }
    }
}
