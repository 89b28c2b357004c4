using System.Diagnostics.Metrics;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Json;
using AdvertiseX.Ingestion;
using AdvertiseX.Sources;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>A source without an end goes the way of files: committed as it comes, stopped at a commit, gone on with
/// where the ledger stands.</summary>
public sealed class EndlessSourceTests : IDisposable
{
    private const int RecordsOfBlock = 50;
    private readonly TempIngest _ingest = new()
    {
        Options = new() { CommitUnitBytes = 1, AnySize = true },
    };

    [Fact]
    public async Task An_endless_source_is_committed_as_it_goes_and_goes_on_where_the_ledger_stands()
    {
        var first = await RunAsync(blocks: 3);
        Assert.True(first.Report.Stopped);
        Assert.Equal(
            (0, 3L * RecordsOfBlock),
            (first.Source.OpenedAt, first.Report.CountsOf(EventKind.Impression).Accepted)
        );
        Assert.Equal([1L, 2, 3], first.Source.Committed.Select(next => next / first.Source.BytesOfBlock));

        var second = await RunAsync(blocks: 2);
        Assert.Equal(
            (3 * second.Source.BytesOfBlock, 2L * RecordsOfBlock),
            (second.Source.OpenedAt, second.Report.CountsOf(EventKind.Impression).Accepted)
        );
        Assert.Equal(0, second.Report.CountsOf(EventKind.Impression).Duplicate);
        using var lake = await _ingest.OpenAsync();
        Assert.Equal(5L * second.Source.BytesOfBlock, lake.Ledger.PositionOf("numbers-0"));
        Assert.Equal(
            5 * RecordsOfBlock,
            (await _ingest.RowsAsync("impressions")).Select(row => (string)row["event_id"]!).Distinct().Count()
        );
    }

    [Fact]
    public async Task Commits_and_records_are_counted_for_whoever_listens()
    {
        var heard = new SortedDictionary<string, double>(StringComparer.Ordinal);
        using var telemetry = new IngestTelemetry();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == IngestTelemetry.Name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        listener.Start();

        _ingest.Write("impressions.ndjson", Encoding.UTF8.GetString(NumbersSource.Block(0)) + "no record\n");
        using var lake = await _ingest.OpenAsync();
        var environment = _ingest.EnvironmentOf(lake) with { Telemetry = telemetry };
        await new EventPipeline(environment).RunAsync(
            new SourceCatalog(_ingest.Contracts).Find([_ingest.Input]),
            null,
            default
        );
        Assert.Equal(1, heard["adx.ingest.commits"]);
        Assert.Equal(1, heard["adx.ingest.commit.duration"]);
        Assert.Equal(RecordsOfBlock, heard["adx.ingest.records impressions accepted"]);
        Assert.Equal(1, heard["adx.ingest.records impressions rejected"]);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (!telemetry.Owns(instrument))
                return;
            var name = instrument.Name;
            foreach (var tag in tags)
                name += $" {tag.Value}";
            lock (heard)
                heard[name] = heard.GetValueOrDefault(name) + value;
        }
    }

    public void Dispose() => _ingest.Dispose();

    private async Task<(IngestReport Report, NumbersSource Source)> RunAsync(int blocks)
    {
        using var stop = new CancellationTokenSource();
        var source = new NumbersSource(blocks, stop);
        using var lake = await _ingest.OpenAsync();
        var run = new IngestRun([source], [], null, _ingest.Clock);
        return (await new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync([source], run, stop.Token), source);
    }

    /// <summary>Impressions numbered without end, all blocks of one length; asks to be stopped when a number of blocks
    /// is committed.</summary>
    private sealed class NumbersSource(int blocks, CancellationTokenSource stop) : ISource
    {
        public string Name => "numbers-0";

        public CompiledContract Contract => ContractFile.ShippedFor(Feed.Impressions);

        public bool IsEndless => true;

        public long SizeBytes => 0;

        public long OpenedAt { get; private set; }

        public int BytesOfBlock { get; } = Block(0).Length;

        public List<long> Committed { get; } = [];

        public static byte[] Block(long number) =>
            Encoding.UTF8.GetBytes(
                string.Concat(
                    Enumerable
                        .Range(0, RecordsOfBlock)
                        .Select(i =>
                            $$"""{"impression_id":"i{{(number * RecordsOfBlock) + i:D9}}","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}"""
                            + "\n"
                        )
                )
            );

        public ISourceReader Open(StreamStart start, FramerOptions options)
        {
            OpenedAt = start.From;
            return new Reader(this, start.From, blocks);
        }

        public ValueTask CommittedAsync(long next, CancellationToken cancellation)
        {
            Committed.Add(next);
            if (Committed.Count == blocks)
                stop.Cancel();
            return ValueTask.CompletedTask;
        }

        private sealed class Reader(NumbersSource source, long from, int blocks) : ISourceReader
        {
            private readonly JsonFramer _framer = new(new MemoryStream(Block(0)), new FramerOptions());
            private readonly long _end = from + ((long)blocks * source.BytesOfBlock);
            private long _at = from;
            private bool _isFramed;

            public ReadOnlyMemory<byte> HeaderForReplay => default;

            public DateOnly? NamedDate => null;

            public CutBlock? Next(CancellationToken stop)
            {
                if (!_isFramed)
                    _framer.Next()?.Dispose();
                _isFramed = true;
                if (_at >= _end)
                    stop.WaitHandle.WaitOne();
                if (stop.IsCancellationRequested)
                    return null;
                var bytes = Block(_at / source.BytesOfBlock);
                var buffer = NativePool.Rent(bytes.Length);
                bytes.CopyTo(buffer.Span);
                var block = new AdvertiseX.Events.Block(buffer, bytes.Length, _at);
                _at += bytes.Length;
                return new CutBlock(block, new ContentMark(_at, null));
            }

            public void SkipTo(long position) => _at = position;

            public IBlockDecoder CreateDecoder(CompiledContract contract) => _framer.CreateDecoder(contract);

            public void Dispose() => _framer.Dispose();
        }
    }
}
