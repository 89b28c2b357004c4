using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Sources;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>What becomes of whole files on the way into a lake.</summary>
public sealed class FileRouteTests : IDisposable
{
    private const string Header = "event_id,timestamp,user_id,campaign_id,conversion_type,revenue\n";
    private readonly TempIngest _ingest = new();

    private static string Impression(string id, string more = "") =>
        $$"""{"impression_id":"{{id}}","timestamp":"2024-03-01T10:00:00Z","creative_id":"cr1","user_id":"u1"{{more}}}"""
        + "\n";

    private static string Click(string id) => $"{id},2024-03-01 10:00:00,u1,c1,click,\n";

    [Fact]
    public async Task The_same_file_twice_and_under_two_names_gives_its_events_once()
    {
        var lines = Impression("i1") + Impression("i2");
        _ingest.Write("a.json", lines);
        Assert.Equal(2, (await _ingest.RunAsync()).CountsOf(EventKind.Impression).Accepted);
        Assert.Single((await _ingest.RunAsync()).Unchanged);
        _ingest.Write("b.json.gz", TempIngest.Gzip(lines));
        Assert.Equal(2, (await _ingest.RunAsync()).CountsOf(EventKind.Impression).Duplicate);
        await ExpectImpressionsAsync("i1", "i2");
    }

    [Fact]
    public async Task A_file_that_grew_goes_on_and_one_that_was_replaced_is_read_whole()
    {
        var path = _ingest.Write("a.json", Impression("i1") + Impression("i2"));
        await _ingest.RunAsync();
        File.AppendAllText(path, Impression("i3"));
        Assert.Equal(1, (await _ingest.RunAsync()).TotalReceived);
        _ingest.Write("a.json", Impression("i4") + Impression("i2"));
        var replaced = await _ingest.RunAsync();
        Assert.Equal(
            (1, 1),
            (replaced.CountsOf(EventKind.Impression).Accepted, replaced.CountsOf(EventKind.Impression).Duplicate)
        );
        Assert.Single((await _ingest.RunAsync()).Unchanged);
        await ExpectImpressionsAsync("i1", "i2", "i3", "i4");
    }

    [Fact]
    public async Task A_truncated_archive_gives_what_precedes_the_break_and_a_whole_one_goes_on()
    {
        var random = new Random(3);
        var lines = string.Concat(
            Enumerable.Range(0, 3000).Select(i => Impression($"i{i}", $",\"nonce\":\"{random.NextInt64():x}\""))
        );
        var whole = TempIngest.Gzip(lines);
        _ingest.Write("a.json.gz", whole.AsSpan(0, whole.Length / 2));
        var broken = await _ingest.RunAsync();
        Assert.Single(broken.Failed);
        var before = broken.CountsOf(EventKind.Impression).Accepted;
        Assert.InRange(before, 500, 2500);
        Assert.Equal(before, broken.TotalReceived);
        var again = await _ingest.RunAsync();
        Assert.Equal((1, 0), (again.Failed.Count, again.TotalReceived));
        _ingest.Write("a.json.gz", whole);
        var mended = await _ingest.RunAsync();
        Assert.Equal((0, 3000 - before), (mended.Failed.Count, mended.CountsOf(EventKind.Impression).Accepted));
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task A_gzip_member_with_a_damaged_header_fails_its_file_behind_the_rows_before_it()
    {
        var damaged = TempIngest.Gzip(Impression("i2"));
        damaged[0] ^= 1;
        _ingest.Write(
            "a.json.gz",
            [.. TempIngest.Gzip(Impression("i1")), .. damaged, .. TempIngest.Gzip(Impression("i3"))]
        );
        var broken = await _ingest.RunAsync();
        Assert.Contains("The gzip data is damaged", Assert.Single(broken.Failed).Reason, StringComparison.Ordinal);
        await ExpectImpressionsAsync("i1");
        _ingest.Write("a.json.gz", TempIngest.Gzip(Impression("i1") + Impression("i2") + Impression("i3")));
        Assert.Empty((await _ingest.RunAsync()).Failed);
        await ExpectImpressionsAsync("i1", "i2", "i3");
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task Records_that_are_too_large_do_not_make_a_file_look_new()
    {
        _ingest.Options = new IngestOptions
        {
            AnySize = true,
            Framing = new() { BlockBytes = 4 << 10, MaxRecordBytes = 80 << 10 },
        };
        var large = Impression("large", $",\"note\":\"{new string('x', 300_000)}\"");
        var lines = Impression("i1") + large + Impression("i2") + large;
        _ingest.Write("a.json", lines + Impression("i3"));
        _ingest.Write("b.json.gz", TempIngest.Gzip(lines.Replace(":\"i", ":\"b") + large.TrimEnd('\n')));
        var first = await _ingest.RunAsync();
        Assert.Equal(
            (5, 5),
            (first.CountsOf(EventKind.Impression).Accepted, first.CountsOf(EventKind.Impression)[RejectReason.TooLarge])
        );
        Assert.Equal(2, (await _ingest.RunAsync()).Unchanged.Count);
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task A_contract_filters_and_the_ledger_counts_it()
    {
        var contract = ContractFile.ShippedFor(Feed.Impressions).Source with
        {
            Where = [new Condition { Field = "country", In = ["DE"] }],
        };
        _ingest.Contracts = [CompiledContract.Compile(contract)];
        _ingest.Write(
            "a.json",
            Impression("i1", ",\"country\":\"de\"") + Impression("i2", ",\"country\":\"FR\"") + Impression("i3")
        );
        var counts = (await _ingest.RunAsync()).CountsOf(EventKind.Impression);
        Assert.Equal((3, 1, 2), (counts.Received, counts.Accepted, counts.Filtered));
        await ExpectImpressionsAsync("i1");
    }

    [Fact]
    public async Task Fields_that_no_contract_names_are_kept_and_counted()
    {
        _ingest.Write(
            "a.json",
            Impression("i1", ",\"slot_depth\":3,\"experiment\":{\"arm\":\"b\"}") + Impression("i2", ",\"slot_depth\":4")
        );
        var report = await _ingest.RunAsync();
        Assert.Equal(2, report.Unmapped["slot_depth"]);
        var rows = await _ingest.RowsAsync("impressions");
        Assert.Contains("\"slot_depth\":3", (string)rows[0]["extra"]!);
        Assert.Contains("\"arm\":\"b\"", (string)rows[0]["extra"]!);
        Assert.Equal("""{"slot_depth":4}""", (string)rows[1]["extra"]!);
    }

    [Fact]
    public async Task Zstandard_and_gzip_are_told_by_content()
    {
        _ingest.Write("a", TempIngest.Gzip(Header + Click("k1")));
        // One zstd frame (RFC 8878) of one raw block, made by hand.
        var text = Encoding.UTF8.GetBytes(Header + Click("k2"));
        var block = (text.Length << 3) | 1;
        _ingest.Write(
            "b",
            [
                0x28,
                0xB5,
                0x2F,
                0xFD,
                0x20,
                checked((byte)text.Length),
                (byte)block,
                (byte)(block >> 8),
                (byte)(block >> 16),
                .. text,
            ]
        );
        Assert.Equal(2, (await _ingest.RunAsync()).CountsOf(EventKind.Click).Accepted);
    }

    [Fact]
    public async Task A_file_with_only_a_header_is_read_and_holds_nothing()
    {
        var path = _ingest.Write("a.csv", Header);
        Assert.Equal(
            (1, 0),
            ((await _ingest.RunAsync()) is var report ? report.FilesRead : 0, (int)report.TotalReceived)
        );
        File.AppendAllText(path, Click("k1"));
        Assert.Equal(1, (await _ingest.RunAsync()).CountsOf(EventKind.Click).Accepted);
        await _ingest.VerifyAsync();
    }

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("  \n", "nothing but white space")]
    [InlineData(
        "Dear reader,\nthis is a letter.\n",
        "not a feed: text that begins \"Dear reader,\"; known are JSON, CSV and Avro"
    )]
    [InlineData(
        "{\"name\":\"Ada\",\"born\":1815}\n",
        "JSON that is none of the feeds: it has name, born; known are impressions (has event_time and"
    )]
    [InlineData("PAR1....", "a Parquet file")]
    public async Task A_file_that_is_no_feed_is_refused_by_name_and_passed_over_in_a_folder(string content, string said)
    {
        var path = _ingest.Write("a.txt", content);
        var refused = await Assert.ThrowsAsync<SourceException>(() => _ingest.RunAsync(path));
        Assert.Contains(said, refused.Message);
        _ingest.Write("b.json", Impression("i1"));
        var report = await _ingest.RunAsync();
        var skipped = Assert.Single(report.Skipped);
        Assert.Equal(path, skipped.Path);
        Assert.Contains(said, skipped.Reason);
        Assert.DoesNotContain(path, skipped.Reason);
        Assert.Equal(1, report.TotalReceived);
    }

    [Fact]
    public async Task A_file_that_was_identified_is_ingested_by_itself()
    {
        var path = _ingest.Write("a.json", Impression("i1"));
        var source = SourceCatalog.Identify(path, ContractFile.ShippedFor(Feed.Impressions));
        using var lake = await _ingest.OpenAsync();
        var sources = new SourceList([source, source]);
        Assert.Equal([source], sources.Sources);
        var report = await new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync(sources);
        Assert.Equal(1, report.CountsOf(EventKind.Impression).Accepted);
    }

    [Fact]
    public async Task An_open_lake_sees_what_another_commits_when_it_is_refreshed()
    {
        _ingest.Write("a.json", Impression("i1"));
        using var before = await _ingest.OpenAsync();
        await _ingest.RunAsync();
        using (var other = await _ingest.OpenAsync())
            await other.EnsureTableAsync("answers", DeltaSchema.Of(FactTables.Clicks), []);
        Assert.Empty(TempIngest.Rows(before, "impressions"));
        await before.RefreshAsync();
        Assert.Single(TempIngest.Rows(before, "impressions"));
        Assert.Contains("answers", before.Tables.Select(table => table.Name));
    }

    [Fact]
    public async Task A_file_that_could_be_two_feeds_asks_which()
    {
        var impressions = ContractFile.ShippedFor(Feed.Impressions).Source;
        _ingest.Contracts =
        [
            CompiledContract.Compile(impressions),
            CompiledContract.Compile(
                ContractFile.ShippedFor(Feed.ClicksConversions).Source with
                {
                    Recognise = impressions.Recognise with
                    {
                        Has =
                        [
                            ["event_time"],
                        ],
                    },
                }
            ),
        ];
        var path = _ingest.Write("a.json", Impression("i1"));
        var asked = await Assert.ThrowsAsync<SourceException>(() => _ingest.RunAsync(path));
        Assert.Contains("could be impressions or clicks_conversions; say which with --feed", asked.Message);
        Assert.Equal(1, (await _ingest.RunAsync(Feed.Impressions, default, path)).TotalReceived);
    }

    [Fact]
    public async Task A_feed_that_is_named_is_taken_at_its_word()
    {
        var path = _ingest.Write("a.csv", "user_id,campaign_id,when\nu1,c1,2024-03-01\n");
        await Assert.ThrowsAsync<SourceException>(() => _ingest.RunAsync(path));
        Assert.Equal(1, (await _ingest.RunAsync(Feed.ClicksConversions, default, path)).TotalRejected);
    }

    [Fact]
    public async Task A_conflicting_duplicate_is_kept_with_its_bytes_and_header()
    {
        var options = new IngestOptions
        {
            AnySize = true,
            Framing = new() { BlockBytes = 256 },
        };
        _ingest.Options = options;
        var filler = string.Concat(Enumerable.Range(0, 50).Select(i => Click($"k{i}")));
        var conflict = "k7,2024-03-01 10:00:00,u2,c1,click,\n";
        _ingest.Write("a.csv", Header + filler + conflict + Click("z1"));
        _ingest.Write("b.csv.gz", TempIngest.Gzip(Header + Click("y1") + filler.Replace("u1", "u9")[..^36] + conflict));
        var report = await _ingest.RunAsync();
        var rejects = await _ingest.RowsAsync("rejects", withMade: true);
        Assert.Equal(report.TotalRejected, rejects.Count);
        Assert.True(rejects.Count > 40);
        Assert.All(
            rejects,
            r =>
            {
                Assert.Equal("conflicting_duplicate", (string)r["reason"]!);
                Assert.Equal(Header.TrimEnd('\n'), (string)r["header"]!);
                Assert.StartsWith((string)r["found"]!, (string)r["raw"]!);
            }
        );
        Assert.Equal(conflict.TrimEnd('\n'), (string)rejects[0]["raw"]!);
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task A_file_that_is_named_twice_is_read_once()
    {
        var path = _ingest.Write("a.json", Impression("i1") + Impression("i2"));
        var report = await _ingest.RunAsync(path, _ingest.Input, Path.Combine(_ingest.Input, "..", "in", "a.json"));
        Assert.Equal((1, 2), (report.FilesRead, report.TotalReceived));
        await ExpectImpressionsAsync("i1", "i2");
    }

    [Fact]
    public async Task A_header_that_is_still_being_written_is_read_again()
    {
        _ingest.Write("a.csv", Header.TrimEnd('\n')[..^4]);
        Assert.Equal(1, (await _ingest.RunAsync()).FilesRead);
        _ingest.Write("a.csv", Header.TrimEnd('\n'));
        await _ingest.RunAsync();
        _ingest.Write("a.csv", Header + "e1,2024-03-01,u1,c1,purchase,2\n");
        Assert.Equal(1, (await _ingest.RunAsync()).CountsOf(EventKind.Conversion).Accepted);
        Assert.Equal(2_000_000, (int)(await _ingest.RowsAsync("conversions"))[0]["revenue_micros"]!);
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task A_source_that_is_gone_is_reported_and_the_others_are_read()
    {
        var gone = _ingest.Write("a.json", Impression("i1"));
        _ingest.Write("b.json", Impression("i2"));
        var sources = new SourceCatalog(_ingest.Contracts).Find([_ingest.Input]);
        File.Delete(gone);
        using var lake = await _ingest.OpenAsync();
        var report = await new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync(sources, null, default);
        Assert.Equal(gone, Assert.Single(report.Failed).Path);
        Assert.Equal(1, report.TotalReceived);
    }

    private async Task ExpectImpressionsAsync(params string[] ids)
    {
        Assert.Equal(
            ids,
            (await _ingest.RowsAsync("impressions")).Select(r => (string)r["event_id"]!).Order(StringComparer.Ordinal)
        );
        await _ingest.VerifyAsync();
    }

    public void Dispose() => _ingest.Dispose();
}
