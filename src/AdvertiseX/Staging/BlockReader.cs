using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AdvertiseX.Decoding;
using AdvertiseX.Enrichment;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Lake;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Staging;

/// <summary>
/// Reads one stream: cuts it into blocks on one thread, decodes and enriches blocks on several, a bounded number in flight, and gives
/// them in the order of the stream. For one reader.
/// </summary>
internal sealed class BlockReader : IDisposable
{
    private readonly FileSource _source;
    private readonly RecognizedFile _file;
    private readonly Enricher _enricher;
    private readonly IngestOptions _options;
    private readonly long _receivedMicros;
    private readonly DateOnly? _fileDate;
    private readonly BrokenOffStream _content;
    private readonly IFramer _framer;
    private readonly SkippedContent _skipped;
    private readonly ContentHash _hash;
    private readonly ConcurrentBag<Worker> _idle = [];

    /// <exception cref="BrokenOffException">The file cannot be opened.</exception>
    public BlockReader(FileSource source, RecognizedFile file, Enricher enricher, IngestOptions options, long receivedMicros)
    {
        _source = source;
        _file = file;
        _enricher = enricher;
        _options = options;
        _receivedMicros = receivedMicros;
        _fileDate = FileDate.Of(source.Path);
        _hash = file.Prefix;
        _skipped = new SkippedContent(source);
        try
        {
            _content = new BrokenOffStream(SourceReader.OpenContent(source));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BrokenOffException($"cannot be opened: {e.Message}", e);
        }

        _framer = SourceReader.Frame(source, _content, options.Framing with { StartAt = file.From });
    }

    /// <summary>All blocks from the position on.</summary>
    /// <exception cref="BrokenOffException">The file could not be read to its end; the whole records before were given.</exception>
    public async IAsyncEnumerable<DecodedPiece> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var inOrder = Channel.CreateBounded<Task<DecodedPiece>>(_options.EffectiveBlocksInFlight);
        var cutting = Task.Run(() => CutAsync(inOrder.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var piece in inOrder.Reader.ReadAllAsync(CancellationToken.None))
                yield return await piece;
        }
        finally
        {
            await stop.CancelAsync();
            await FreeAsync(inOrder.Reader);
            await cutting;
        }
    }

    public void Dispose()
    {
        foreach (var worker in _idle) worker.Dispose();
        _framer.Dispose();
        _content.Dispose();
        _skipped.Dispose();
    }

    // Blocks that nobody will take any more still own memory, and the cutter may wait for room.
    private static async Task FreeAsync(ChannelReader<Task<DecodedPiece>> left)
    {
        while (!left.Completion.IsCompleted)
        {
            if (left.TryRead(out var piece)) await FreeAsync(piece);
            else await ((Task)left.WaitToReadAsync().AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task FreeAsync(Task<DecodedPiece> piece)
    {
        await ((Task)piece).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (piece.IsCompletedSuccessfully) (await piece).Rows.Dispose();
    }

    private async Task CutAsync(ChannelWriter<Task<DecodedPiece>> blocks, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && _framer.Next() is { } block)
            {
                var (before, tail) = block.PartTail();
                if (before != null) await StartAsync(before, blocks);
                // Where content broke off nobody knows how its last record goes on.
                if (tail != null && _content.Fault != null) tail.Dispose();
                else if (tail != null) await StartAsync(tail, blocks);
            }

            blocks.Complete(_content.Fault is { } fault ? new BrokenOffException(fault.Message, fault) : null);
        }
        catch (Exception e)
        {
            blocks.Complete(e);
        }
    }

    private ValueTask StartAsync(Block block, ChannelWriter<Task<DecodedPiece>> blocks)
    {
        var end = Mark(block);
        return blocks.WriteAsync(Task.Run(() => Decode(block, end), CancellationToken.None), CancellationToken.None);
    }

    // Positions end after the last terminated record; what follows is judged, and hashed on its own.
    private ContentMark Mark(Block block)
    {
        bool isTail = block.UnterminatedFrom != null;
        var hash = isTail ? new ContentHash() : _hash;
        hash.Append(block.Span);
        _skipped.AppendTo(hash, block.From + block.Length, block.SkippedBytes);
        return isTail
            ? new ContentMark(_hash.Text, block.From, hash.Text, block.Next - block.From)
            : new ContentMark(_hash.Text, block.Next, null);
    }

    private DecodedPiece Decode(Block block, ContentMark end)
    {
        long started = Stopwatch.GetTimestamp();
        var range = new BlockRange(_source, _file.Stream, block.From, block.Next, _receivedMicros, _framer.HeaderForReplay);
        using (block)
        {
            if (!_idle.TryTake(out var worker)) worker = NewWorker();
            worker.Decoder.Decode(block, worker.Rows);
            var decoded = worker.Rows.Finish();
            // A feed that invents names without end must not be remembered without end.
            if (worker.Rows.Record.UnmappedNames.IsPlain) worker.Dispose();
            else _idle.Add(worker);
            foreach (var kind in Enum.GetValues<EventKind>())
                if (decoded.Facts[(int)kind] is { } batch) _enricher.Enrich(kind, batch);
            return new DecodedPiece(range, decoded, end, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    private Worker NewWorker()
    {
        var context = new StreamContext(_file.Stream, _receivedMicros, _framer.HeaderForReplay, _fileDate);
        return new Worker(_framer.CreateDecoder(_source.Contract), new RowWriter(_source.Contract, context, _options.Validation));
    }

    private sealed record Worker(IBlockDecoder Decoder, RowWriter Rows) : IDisposable
    {
        public void Dispose()
        {
            Decoder.Dispose();
            Rows.Dispose();
        }
    }
}
