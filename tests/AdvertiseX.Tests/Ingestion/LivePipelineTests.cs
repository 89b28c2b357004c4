using AdvertiseX.Ingestion;
using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Streams read side by side are committed together, and what happens to one costs its own rows
/// only.</summary>
public sealed class LivePipelineTests : IDisposable
{
    private readonly TempIngest _ingest = new();
    private readonly HandFedSource _source = new();
    private readonly List<string> _told = [];

    public void Dispose() => _ingest.Dispose();

    [Fact]
    public async Task One_commit_holds_all_streams()
    {
        var (a, b) = (_source.Open("a"), _source.Open("b", 7));
        _source.Steps.Enqueue(_ => HandFedSource.Feed(a, 5, "a5", "a6"));
        _source.Steps.Enqueue(_ => HandFedSource.Feed(b, 7, "b7"));
        using var lake = await RunAsync(("b", 0, 7));
        Assert.Equal("a5 a6 b7", await IdsAsync());
        Assert.Equal((7, 8), (lake.Ledger.PositionOf("a"), lake.Ledger.PositionOf("b")));
        Assert.Equal(lake.Ledger.Find("a")!.Version, lake.Ledger.Find("b")!.Version);
        Assert.Equal((7, 8), (a.TakeCommitted(), b.TakeCommitted()));
        Assert.Null(a.TakeCommitted());
    }

    [Fact]
    public async Task A_stream_that_somebody_else_committed_is_left_out_and_read_anew()
    {
        var (a, b) = (_source.Open("a", 0), _source.Open("b", 7));
        // A copy of a row that is left out is no duplicate.
        _source.Steps.Enqueue(_ => HandFedSource.Feed(b, 7, "b7", "x"));
        _source.Steps.Enqueue(_ => HandFedSource.Feed(a, 0, "a0", "x"));
        using var lake = await RunAsync(("b", 0, 9));
        Assert.Equal("a0 x", await IdsAsync());
        Assert.Equal((2, 9), (lake.Ledger.PositionOf("a"), lake.Ledger.PositionOf("b")));
        Assert.Equal([b], _source.Restarted);
        Assert.Equal(["taken b 7 9"], _told);
    }

    [Fact]
    public async Task A_stream_that_is_no_longer_what_it_was_is_left_out()
    {
        var (a, b) = (_source.Open("a", 0), _source.Open("b", 0));
        _source.Steps.Enqueue(_ => HandFedSource.Feed(b, 0, "b0"));
        _source.Steps.Enqueue(_ => HandFedSource.Feed(a, 0, "a0"));
        _source.Replaced.Add(b);
        using var lake = await RunAsync();
        Assert.Equal("a0", await IdsAsync());
        Assert.Equal([b], _source.Restarted);
        Assert.Null(lake.Ledger.Find("b"));
    }

    [Fact]
    public async Task What_was_given_up_is_not_committed_and_a_later_reading_of_it_is()
    {
        var (a, b) = (_source.Open("a", 0), _source.Open("b", 0));
        _source.Steps.Enqueue(intake =>
        {
            HandFedSource.Feed(a, 0, "a0");
            HandFedSource.Feed(b, 0, "b0", "b1");
            _source.Cut(intake);
        });
        _source.Steps.Enqueue(_ =>
        {
            b.GiveUp();
            HandFedSource.Feed(_source.Open("b", 0), 0, "b0", "b1", "b2");
        });
        using var lake = await RunAsync();
        Assert.Equal("a0 b0 b1 b2", await IdsAsync());
        Assert.Equal(3, lake.Ledger.PositionOf("b"));
        var counts = (await lake.Ledger.ReadEntryAsync(lake.Ledger.Find("b")!.Version))!
            .Streams.Single(stream => stream.Stream == "b")
            .Counts.Single();
        Assert.Equal((3, 0), (counts.Accepted, counts.Duplicate));
    }

    [Fact]
    public async Task What_leaves_is_in_the_ledger_when_it_was_drained()
    {
        var a = _source.Open("a", 0);
        var drained = false;
        _source.Steps.Enqueue(intake =>
        {
            HandFedSource.Feed(a, 0, "a0");
            _source.Cut(intake);
            drained = intake.Drain();
            a.GiveUp();
        });
        using var lake = await RunAsync();
        Assert.True(drained);
        Assert.Equal(1, lake.Ledger.PositionOf("a"));
    }

    [Fact]
    public async Task A_conflicting_copy_keeps_its_bytes()
    {
        var a = _source.Open("a", 0);
        _source.Steps.Enqueue(_ => HandFedSource.Feed(a, 0, "a0"));
        (await RunAsync()).Dispose();
        var b = _source.Open("b", 0);
        _source.Steps.Enqueue(_ => HandFedSource.Feed(b, 0, "a0\",\"campaign_id\":\"other"));
        using var lake = await RunAsync();
        var reject = Assert.Single(await _ingest.RowsAsync("rejects"));
        Assert.Equal("conflicting_duplicate", (string)reject["reason"]!);
        Assert.Contains("other", $"{reject["raw"]}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_is_waited_for()
    {
        var a = _source.Open("a", 0);
        _source.Steps.Enqueue(_ => HandFedSource.Feed(a, 0, "a0"));
        _source.Outages = 2;
        using var lake = await RunAsync();
        Assert.Equal("a0", await IdsAsync());
        Assert.Equal(["outage no answer", "outage no answer", "recovered"], _told);
    }

    /// <summary>Runs until the source is at its end, after positions that somebody else committed.</summary>
    private async Task<DataLake> RunAsync(params (string Stream, long From, long Next)[] before)
    {
        var lake = await _ingest.OpenAsync();
        foreach (var (stream, from, next) in before)
            await lake.Ledger.CommitAsync(
                new LedgerBatch([new StreamAdvance(stream, from, next, [])], [], lake.Ledger.Version)
            );
        await new LivePipeline(_ingest.EnvironmentOf(lake), new LiveOptions()).RunAsync(
            _source,
            new Told(_told),
            endsAtEnd: true,
            TestContext.Current.CancellationToken
        );
        await lake.ApplyAllAsync();
        return lake;
    }

    private async Task<string> IdsAsync() =>
        string.Join(
            ' ',
            (await _ingest.RowsAsync("impressions"))
                .Select(row => (string)row["event_id"]!)
                .Order(StringComparer.Ordinal)
        );

    private sealed class Told(List<string> lines) : ILiveRun
    {
        public ValueTask CommittedAsync(CommittedUnit unit, CommitUnit rows, CancellationToken giveUp) =>
            ValueTask.CompletedTask;

        public void Taken(IReadOnlyList<StreamConflict> streams) =>
            lines.AddRange(streams.Select(stream => $"taken {stream.Stream} {stream.From} {stream.Recorded}"));

        public void Outage(Exception failed, TimeSpan pause) => lines.Add($"outage {failed.Message}");

        public void Recovered() => lines.Add("recovered");
    }
}
