using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>A last record without its line end is judged; when the file grows, what it became takes its
/// place.</summary>
public sealed class UnterminatedTailTests : IDisposable
{
    private const string Header = "event_id,timestamp,user_id,campaign_id,conversion_type,revenue\n";
    private readonly TempIngest _ingest = new();

    [Fact]
    public async Task A_record_that_only_got_its_line_end_stays()
    {
        _ingest.Write("a.csv", Header + "e1,2024-03-01 10:00:00,u1,c1,purchase,10");
        Assert.Equal(1, (await _ingest.RunAsync()).CountsOf(EventKind.Conversion).Accepted);
        Assert.Equal(0, (await _ingest.RunAsync()).FilesRead);
        var before = await _ingest.RowsAsync("conversions", withMade: true);
        _ingest.Write("a.csv", Header + "e1,2024-03-01 10:00:00,u1,c1,purchase,10\r\n");
        Assert.Equal(0, (await _ingest.RunAsync()).TotalReceived);
        var after = await _ingest.RowsAsync("conversions", withMade: true);
        Assert.Equal(before.Select(r => r.ToJsonString()), after.Select(r => r.ToJsonString()));
        Assert.Single((await _ingest.RunAsync()).Unchanged);
        await CheckAsync("e1=10000000");
    }

    [Fact]
    public async Task A_longer_value_takes_the_place_of_the_one_that_was_cut_off()
    {
        const string First = Header + "e0,2024-03-01 09:00:00,u0,c1,purchase,1\n";
        _ingest.Write("a.csv", First + "e1,2024-03-01 10:00:00,u1,c1,purchase,10");
        await _ingest.RunAsync();
        await CheckAsync("e0=1000000", "e1=10000000");
        _ingest.Write(
            "a.csv",
            First + "e1,2024-03-01 10:00:00,u1,c1,purchase,1050\ne2,2024-03-01 11:00:00,u2,c1,purchase,3"
        );
        await _ingest.RunAsync();
        await CheckAsync("e0=1000000", "e1=1050000000", "e2=3000000");
        Assert.Empty(await _ingest.RowsAsync("rejects"));
        Assert.Equal(0, (await _ingest.RunAsync()).FilesRead);
        await CheckAsync("e0=1000000", "e1=1050000000", "e2=3000000");
    }

    [Fact]
    public async Task A_record_taken_back_on_a_full_disk_leaves_when_there_is_room()
    {
        const string First = Header + "e0,2024-03-01 09:00:00,u0,c1,purchase,1\n";
        _ingest.Write("a.csv", First + "e1,2024-03-01 10:00:00,u1,c1,purchase,10");
        await _ingest.RunAsync();
        _ingest.Write("a.csv", First + "e1,2024-03-01 10:00:00,u1,c1,purchase,1050\n");
        using (new CrashAt("ledger: committed"))
            await Assert.ThrowsAsync<CrashAt.Crash>(() => _ingest.RunAsync());

        var before = Files();
        var full = new FlakyStore(new LocalObjectStore(_ingest.Lake)) { IsFull = true };
        await Assert.ThrowsAsync<IOException>(async () =>
            await DataLake.OpenAsync(full, "lake", create: false, _ingest.Clock, SharedEngines.Lake)
        );
        Assert.Equal(before, Files());
        await _ingest.RunAsync();
        await CheckAsync("e0=1000000", "e1=1050000000");

        string[] Files() =>
            [.. Directory.GetFiles(_ingest.Lake, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_half_record_leaves_the_rejects_when_it_becomes_whole()
    {
        const string Whole = """{"impression_id":"i1","timestamp":"2024-03-01T10:00:00Z","creative_id":"cr1"}""";
        _ingest.Write("a.json", Whole + "\n" + Whole.Replace("i1", "i2")[..40]);
        await _ingest.RunAsync();
        Assert.Single(await _ingest.RowsAsync("rejects"));
        _ingest.Write("a.json", Whole + "\n" + Whole.Replace("i1", "i2") + "\n");
        await _ingest.RunAsync();
        Assert.Empty(await _ingest.RowsAsync("rejects"));
        Assert.Equal(["i1", "i2"], (await _ingest.RowsAsync("impressions")).Select(r => (string)r["event_id"]!));
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task An_open_quote_goes_on_after_a_line_end()
    {
        _ingest.Write("a.csv", Header + "e1,2024-03-01 10:00:00,u1,c1,\"pur");
        await _ingest.RunAsync();
        Assert.Single(await _ingest.RowsAsync("rejects"));
        _ingest.Write("a.csv", Header + "e1,2024-03-01 10:00:00,u1,c1,\"pur\nchase\",5\n");
        await _ingest.RunAsync();
        await CheckAsync("e1=5000000");
    }

    [Fact]
    public async Task A_duplicate_at_the_end_is_taken_back_too()
    {
        _ingest.Write(
            "a.csv",
            Header + "e1,2024-03-01 10:00:00,u1,c1,purchase,10\ne1,2024-03-01 10:00:00,u1,c1,purchase,10"
        );
        Assert.Equal(1, (await _ingest.RunAsync()).CountsOf(EventKind.Conversion).Duplicate);
        _ingest.Write(
            "a.csv",
            Header + "e1,2024-03-01 10:00:00,u1,c1,purchase,10\ne1,2024-03-01 10:00:00,u1,c1,purchase,100\n"
        );
        Assert.Equal(1, (await _ingest.RunAsync()).CountsOf(EventKind.Conversion)[RejectReason.ConflictingDuplicate]);
        await CheckAsync("e1=10000000");
        using var lake = await _ingest.OpenAsync();
        var sums = TempIngest.Query(lake, "conversions", "SELECT count(*) FROM events").Single();
        Assert.Equal("1", sums[0]);
    }

    [Fact(Explicit = true)]
    public async Task Two_writers_at_once_judge_and_settle_it_once()
    {
        var text = Header;
        for (var round = 0; round < 6; round++)
        {
            // Each time the last record is cut inside its revenue, and whole in the next round.
            text += $"e{round},2024-03-01 10:00:00,u1,c1,purchase,1{round}";
            _ingest.Write("a.csv", text);
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => _ingest.RunAsync())));
            await _ingest.VerifyAsync();
            text += "00\n";
        }

        _ingest.Write("a.csv", text);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => _ingest.RunAsync())));
        await CheckAsync([.. Enumerable.Range(0, 6).Select(i => $"e{i}=1{i}00000000")]);
        using var lake = await _ingest.OpenAsync();
        long received = 0;
        for (long version = 0; version <= lake.Ledger.Version; version++)
            received +=
                (await lake.Ledger.ReadEntryAsync(version))?.Streams.Sum(s => s.Counts.Sum(c => c.Received)) ?? 0;
        Assert.Equal(6, received);
    }

    /// <summary>Ends the run at each step of the settling commit, then lets another finish.</summary>
    [Theory]
    [InlineData("ledger: rows written")]
    [InlineData("commit: in the log")]
    [InlineData("ledger: committed")]
    [InlineData("apply: table committed")]
    public async Task A_crash_while_it_is_settled_changes_nothing(string step)
    {
        _ingest.Write("a.csv", Header + "e1,2024-03-01 10:00:00,u1,c1,purchase,10");
        await _ingest.RunAsync();
        _ingest.Write("a.csv", Header + "e1,2024-03-01 10:00:00,u1,c1,purchase,1050\n");
        using (var crash = new CrashAt(step))
            await Assert.ThrowsAsync<CrashAt.Crash>(() => _ingest.RunAsync());
        await _ingest.VerifyAsync();
        await _ingest.RunAsync();
        await CheckAsync("e1=1050000000");
    }

    private async Task CheckAsync(params string[] revenues)
    {
        Assert.Equal(
            revenues,
            (await _ingest.RowsAsync("conversions")).Select(r => $"{r["event_id"]}={r["revenue_micros"]}")
        );
        await _ingest.VerifyAsync();
    }

    public void Dispose() => _ingest.Dispose();
}
