using System.Text;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Messages;
using AdvertiseX.Spool;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.Tests.Spool;

/// <summary>What a spool keeps gets into the lake once, and those who wait learn what became of it.</summary>
public sealed class SpoolWorkerTests : IDisposable
{
    private readonly TempIngest _ingest = new();
    private readonly UnsafeDisk _disk = new(1);
    private readonly List<SpoolNotice> _notices = [];

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _ingest.Dispose();

    [Fact]
    public async Task Deliveries_of_all_feeds_become_rows_and_their_files_go()
    {
        await using (var run = await StartAsync())
        {
            await run.KeepAsync(Feed.Impressions, MessageFormat.Json, Impression("i1") + "\n" + Impression("i2"));
            await run.KeepAsync(
                Feed.ClicksConversions,
                MessageFormat.Csv,
                "click_id,event_timestamp,campaign_id,user_id,conversion_type\nc1,2024-03-01T10:00:00Z,k,u,click\n"
            );
            await run.WaitAsync(() => run.Spool.Segments.Waiting == 0);
        }

        using (Open())
            Assert.Empty(_disk.Names());
        Assert.Equal(["i1", "i2"], await IdsAsync("impressions"));
        Assert.Equal(["c1"], await IdsAsync("clicks"));
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task Who_waits_learns_what_became_of_each_event()
    {
        await using var run = await StartAsync();
        var first = await run.KeepAsync(Feed.Impressions, MessageFormat.Json, Impression("i1"));
        Assert.Equal("Accepted i1", Shown((await run.Spool.CommittedAsync(first, Cancellation))!));
        var other = Impression("i1").Replace("\"c\"", "\"other\"", StringComparison.Ordinal);
        var receipt = await run.KeepAsync(
            Feed.Impressions,
            MessageFormat.Json,
            $"{Impression("i1")}\n{{\"impression_id\":\"no time\"}}\n{Impression("i3")}\n{other}\nnonsense\n"
        );
        var verdicts = await run.Spool.CommittedAsync(receipt, Cancellation);
        Assert.Equal(
            "Duplicate i1, Rejected MissingRequiredField event_time, Accepted i3, Rejected ConflictingDuplicate i1, Rejected Unparseable",
            Shown(verdicts!)
        );
        Assert.Null(await run.Spool.CommittedAsync(first, Cancellation));
    }

    [Fact]
    public async Task What_was_not_committed_is_read_by_the_next_process_and_nothing_twice()
    {
        var ids = Enumerable.Range(0, 500).Select(i => $"i{i:d4}").ToList();
        for (var part = 0; part < 5; part++)
        {
            await using var run = await StartAsync(new SpoolOptions { SegmentBytes = 1 << 16 });
            foreach (var id in ids.Skip(part * 100).Take(100))
                await run.KeepAsync(Feed.Impressions, MessageFormat.Json, Impression(id));
            // Now and then the process ends while nothing, or something, is in the lake.
            if (part % 2 == 0)
                await run.WaitAsync(() => run.Spool.Segments.Waiting < 50);
        }

        await using (var last = await StartAsync())
            await last.WaitAsync(() => last.Spool.Segments.Waiting == 0);
        Assert.Equal(ids, (await IdsAsync("impressions")).Order());
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task Damage_in_the_middle_is_one_reject_with_its_bytes()
    {
        using (var spool = Open())
            for (var i = 0; i < 3; i++)
                await KeepAsync(spool, Feed.Impressions, MessageFormat.Json, Impression($"i{i}"));
        var file = _disk.Names().Single();
        var bytes = _disk[file];
        bytes[bytes.AsSpan().IndexOf("\"i1\""u8) + 1] = (byte)'X';
        _disk[file] = bytes;
        await using (var run = await StartAsync())
            await run.WaitAsync(() => run.Spool.Segments.Waiting == 0);
        Assert.Equal(["i0", "i2"], await IdsAsync("impressions"));
        var reject = Assert.Single(await _ingest.RowsAsync("rejects"));
        Assert.Equal("damaged_block", (string?)reject["reason"]);
        Assert.Contains("X1", (string?)reject["raw"]);
        Assert.Contains(_notices, notice => notice.Kind == SpoolNoticeKind.SpoolDamaged);
        await _ingest.VerifyAsync();
    }

    [Fact]
    public void A_judge_says_of_each_event_what_the_route_would()
    {
        using var judge = new DeliveryJudge(new IngestOptions(), KnownSchemas.Shipped);
        var received = (long)(_ingest.Clock.Now - DateTimeOffset.UnixEpoch).TotalMicroseconds;
        var verdicts = judge.Judge(
            Feed.Impressions,
            MessageFormat.Json,
            Encoding.UTF8.GetBytes($"[{Impression("a")},{{}},{Impression("b").Replace("2024", "2999")}]"),
            received
        );
        Assert.Equal(
            "Valid a, Rejected MissingRequiredField event_time, Rejected FromTheFuture event_time",
            Shown(verdicts)
        );
        Assert.Equal(EventKind.Impression, verdicts[0].Kind);
    }

    /// <summary>The judge and the lake are asked of the same bodies; the lake is read as its users read it.</summary>
    [Theory]
    [InlineData(Feed.Impressions, "Json", 1)]
    [InlineData(Feed.Impressions, "None", 2)]
    [InlineData(Feed.ClicksConversions, "Csv", 3)]
    [InlineData(Feed.ClicksConversions, "Json", 4)]
    [InlineData(Feed.BidRequests, "Json", 5)]
    public async Task A_judge_and_the_lake_agree(Feed feed, string written, int seed)
    {
        var format = Enum.Parse<MessageFormat>(written);
        var random = new Random(seed);
        var expected = new List<string>();
        await using (var run = await StartAsync())
        {
            for (var body = 0; body < 40; body++)
            {
                var text = DirtyBody(random, feed, format, body);
                var bytes = Encoding.UTF8.GetBytes(text);
                var received = (long)(_ingest.Clock.Now - DateTimeOffset.UnixEpoch).TotalMicroseconds;
                var receipt = await run.KeepAsync(feed, format, text);
                expected.AddRange(
                    run.Judge.Judge(feed, format, bytes, received)
                        .Select((verdict, at) => $"{receipt.Position}/{at} {ShownWhole(verdict)}")
                );
            }

            await run.WaitAsync(() => run.Spool.Segments.Waiting == 0);
        }

        var found = new List<string>();
        foreach (var table in (string[])["impressions", "clicks", "conversions", "bid_requests"])
            found.AddRange(
                (await _ingest.RowsAsync(table)).Select(row => $"{PlaceOf(row)} Valid {(string?)row["event_id"]}")
            );
        found.AddRange(
            (await _ingest.RowsAsync("rejects")).Select(row =>
                $"{PlaceOf(row)} Rejected {(string?)row["reason"]} {(string?)row["field"]} {(string?)row["expected"]} {(string?)row["found"]}"
            )
        );
        Assert.Contains(expected, line => line.Contains("Valid"));
        Assert.Contains(expected, line => line.Contains("Rejected"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static string PlaceOf(System.Text.Json.Nodes.JsonNode row) =>
        $"{(long)row["stream_offset"]!}/{(int?)row["stream_ordinal"] ?? 0}";

    private static string ShownWhole(EventVerdict verdict) =>
        verdict.Outcome == EventOutcome.Rejected
            ? $"Rejected {Encoding.UTF8.GetString(verdict.Reason!.Value.Utf8())} {verdict.Field} {verdict.Expected} {verdict.Found}"
            : $"{verdict.Outcome} {verdict.EventId}";

    // Each event has an id of its own, so that none is a duplicate.
    private static string DirtyBody(Random random, Feed feed, MessageFormat format, int body)
    {
        var events = Enumerable
            .Range(0, random.Next(1, 12))
            .Select(at =>
            {
                string[] times =
                [
                    "2024-03-01T10:00:00Z",
                    "2024-03-01T10:00:00Z",
                    "1709287200",
                    "",
                    "soon",
                    "2999-01-01",
                ];
                string[] costs = ["0.5", "1", "-3", "much", ""];
                return (
                    Id: $"e{body}-{at}",
                    Time: times[random.Next(times.Length)],
                    Cost: costs[random.Next(costs.Length)],
                    Kind: random.Next(3) switch
                    {
                        0 => "click",
                        1 => "purchase",
                        _ => "page_view",
                    }
                );
            });
        if (format == MessageFormat.Csv)
            return "event_id,timestamp,campaign_id,cost,event_type\n"
                + string.Concat(
                    events.Select(each =>
                        $"{each.Id},{each.Time},k,{each.Cost},{each.Kind}{(random.Next(9) == 0 ? ",more" : "")}\n"
                    )
                );
        var records = events.Select(each =>
            random.Next(15) == 0 ? "[1]"
            : feed == Feed.BidRequests
                ? $$$"""{"auction_id":"{{{each.Id}}}","timestamp":"{{{each.Time}}}","bid_price":"{{{each.Cost}}}","user_id":"u"}"""
            : $$"""{"event_id":"{{each.Id}}","timestamp":"{{each.Time}}","campaign_id":"k","cost":"{{each.Cost}}","event_type":"{{each.Kind}}"}"""
        );
        return random.Next(3) == 0 ? $"[{string.Join(',', records)}]" : string.Join('\n', records);
    }

    private static string Impression(string id) =>
        $$"""{"impression_id":"{{id}}","timestamp":"2024-03-01T10:00:00Z","creative_id":"c","campaign_id":"k","user_id":"u"}""";

    private static string Shown(IReadOnlyList<EventVerdict> verdicts) =>
        string.Join(
            ", ",
            verdicts.Select(verdict =>
                $"{verdict.Outcome} {verdict.Reason} {verdict.Field} {verdict.EventId}"
                    .Replace("  ", " ", StringComparison.Ordinal)
                    .Replace("  ", " ", StringComparison.Ordinal)
                    .Trim()
            )
        );

    private async Task<List<string>> IdsAsync(string table) =>
        [.. (await _ingest.RowsAsync(table)).Select(row => (string)row["event_id"]!)];

    private static Task<SpoolReceipt> KeepAsync(EventSpool spool, Feed feed, MessageFormat format, string body) =>
        spool
            .KeepAsync(new Delivery(feed, format, Encoding.UTF8.GetBytes(body)), TestContext.Current.CancellationToken)
            .AsTask();

    private EventSpool Open(SpoolOptions? options = null) =>
        new(new SpoolEnvironment(_disk, options ?? new SpoolOptions(), _ingest.Clock, Tell));

    private void Tell(SpoolNotice notice)
    {
        lock (_notices)
            _notices.Add(notice);
    }

    private async Task<Run> StartAsync(SpoolOptions? options = null)
    {
        var lake = await _ingest.OpenAsync();
        var spool = Open(options);
        var judge = new DeliveryJudge(_ingest.Options, KnownSchemas.Shipped);
        var environment = new SpoolWorkerEnvironment(
            _ingest.EnvironmentOf(lake),
            spool,
            KnownSchemas.Shipped,
            judge,
            Tell
        );
        return new Run(lake, environment);
    }

    /// <summary>A spool and its worker, until it is disposed.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly AdvertiseX.Lake.DataLake _lake;
        private readonly SpoolWorkerEnvironment _environment;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Run(AdvertiseX.Lake.DataLake lake, SpoolWorkerEnvironment environment)
        {
            (_lake, _environment) = (lake, environment);
            var live = new LiveOptions { CommitInterval = TimeSpan.FromMilliseconds(100) };
            _running = new SpoolWorker(environment, live).RunAsync(_stop.Token);
        }

        public EventSpool Spool => _environment.Spool;

        public DeliveryJudge Judge => _environment.Judge;

        public Task<SpoolReceipt> KeepAsync(Feed feed, MessageFormat format, string body) =>
            SpoolWorkerTests.KeepAsync(Spool, feed, format, body);

        public async Task WaitAsync(Func<bool> isSo)
        {
            for (var i = 0; i < 600 && !isSo(); i++)
            {
                await Task.Delay(50);
                if (_running.IsFaulted)
                    await _running;
            }

            Assert.True(isSo());
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            Spool.Dispose();
            _environment.Judge.Dispose();
            _lake.Dispose();
            _stop.Dispose();
        }
    }
}
