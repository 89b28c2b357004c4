using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Json;
using AdvertiseX.Sources;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Impressions numbered without end, all blocks of one length; asks to be stopped when a number of blocks
/// is committed.</summary>
internal sealed class NumbersSource(int blocks, CancellationTokenSource stop) : ISource
{
    public const string StreamName = "numbers-0";
    public const int RecordsOfBlock = 50;
    private static readonly DateTimeOffset Early = new(2024, 3, 1, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Length of every block.</summary>
    public static readonly int BlockBytes = Block(0).Length;

    public string Name => StreamName;

    public CompiledContract Contract => ContractFile.ShippedFor(Feed.Impressions);

    public bool IsEndless => true;

    public long SizeBytes => 0;

    /// <summary>The first block that is still there.</summary>
    public int KeptFrom { get; init; }

    /// <summary>What the clock goes on by before each block, whose events happen then.</summary>
    public TimeSpan Between { get; init; }

    /// <summary>The clock that goes on.</summary>
    public FixedClock Clock { get; init; } = new();

    public long OpenedAt { get; private set; }

    public int BytesOfBlock { get; } = BlockBytes;

    public List<long> Committed { get; } = [];

    /// <summary>So many records of each block happened on days before, one on each.</summary>
    public int LateDays { get; init; }

    /// <summary>Done after each commit.</summary>
    public Func<Task>? AfterCommit { get; init; }

    public static byte[] Block(long number, DateTimeOffset? time = null, int lateDays = 0) =>
        Encoding.UTF8.GetBytes(
            string.Concat(
                Enumerable
                    .Range(0, RecordsOfBlock)
                    .Select(i =>
                        $$"""{"impression_id":"i{{(number * RecordsOfBlock) + i:D9}}","timestamp":"{{(time ?? Early).AddDays(i < lateDays ? -1 - i : 0):yyyy-MM-ddTHH:mm:ssZ}}","creative_id":"c"}"""
                        + "\n"
                    )
            )
        );

    public ISourceReader Open(StreamStart start, FramerOptions options)
    {
        OpenedAt = start.From;
        return new Reader(this, start.From, blocks);
    }

    public async ValueTask CommittedAsync(long next, CancellationToken cancellation)
    {
        Committed.Add(next);
        if (AfterCommit is { } then)
            await then();
        if (Committed.Count == blocks)
            await stop.CancelAsync();
    }

    private sealed class Reader(NumbersSource source, long from, int blocks) : ISourceReader
    {
        private readonly JsonFramer _framer = new(new MemoryStream(Block(0)), new FramerOptions());
        private int _left = blocks;
        private long _at = Math.Max(from, (long)source.KeptFrom * source.BytesOfBlock);
        private bool _isFramed;

        public ReadOnlyMemory<byte> HeaderForReplay => default;

        public DateOnly? NamedDate => null;

        public CutBlock? Next(CancellationToken stop)
        {
            if (!_isFramed)
                _framer.Next()?.Dispose();
            _isFramed = true;
            if (_left-- <= 0)
                stop.WaitHandle.WaitOne();
            if (stop.IsCancellationRequested)
                return null;
            source.Clock.Now += source.Between;
            var bytes = Block(
                _at / source.BytesOfBlock,
                source.Between > default(TimeSpan) ? source.Clock.Now : null,
                source.LateDays
            );
            var buffer = NativePool.Rent(bytes.Length);
            bytes.CopyTo(buffer.Span);
            var block = new AdvertiseX.Events.Block(buffer, bytes.Length, _at);
            _at += bytes.Length;
            return new CutBlock(block, new ContentMark(_at, null));
        }

        public void SkipTo(long position) => _at = position;

        public IRecordDecoder CreateDecoder(CompiledContract contract) => _framer.CreateDecoder(contract);

        public void Dispose() => _framer.Dispose();
    }
}
