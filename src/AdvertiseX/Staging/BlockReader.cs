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
internal sealed class BlockReader(
    FileSource source, RecognizedFile file, Enricher enricher, IngestOptions options, long receivedMicros) : IDisposable
{
    private readonly IFramer _framer = SourceReader.Open(source, options.Framing with { StartAt = file.From });
    private readonly ConcurrentBag<Worker> _idle = [];
    private readonly ContentHash _hash = file.Prefix;

    /// <summary>All blocks from the position on.</summary>
    /// <exception cref="InvalidDataException">The file's compression is damaged; the blocks before were given.</exception>
    public async IAsyncEnumerable<DecodedPiece> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var inOrder = Channel.CreateBounded<Task<DecodedPiece>>(options.BlocksInFlight);
        var cutting = Task.Run(() => CutAsync(inOrder.Writer, cancellation), cancellation);
        try
        {
            await foreach (var piece in inOrder.Reader.ReadAllAsync(CancellationToken.None))
                yield return await piece;
        }
        finally
        {
            // Blocks that nobody will take any more still own memory.
            while (inOrder.Reader.TryRead(out var left)) (await left).Rows.Dispose();
            await cutting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        foreach (var worker in _idle) worker.Dispose();
        _framer.Dispose();
    }

    private async Task CutAsync(ChannelWriter<Task<DecodedPiece>> blocks, CancellationToken cancellation)
    {
        try
        {
            while (!cancellation.IsCancellationRequested && _framer.Next() is { } block)
            {
                var end = Mark(block);
                await blocks.WriteAsync(Task.Run(() => Decode(block, end), CancellationToken.None), CancellationToken.None);
            }

            blocks.Complete();
        }
        catch (Exception e)
        {
            blocks.Complete(e);
        }
    }

    // Positions end after the last terminated record; what follows is judged, and hashed on its own.
    private ContentMark Mark(Block block)
    {
        if (block.UnterminatedFrom is not { } tailFrom)
        {
            _hash.Append(block.Span);
            return new ContentMark(_hash.Text, block.Next, null);
        }

        int terminated = checked((int)(tailFrom - block.From));
        _hash.Append(block.Span[..terminated]);
        var tail = block.Span[terminated..];
        return new ContentMark(_hash.Text, tailFrom, ContentHash.TextOf(tail), tail.Length);
    }

    private DecodedPiece Decode(Block block, ContentMark end)
    {
        long started = Stopwatch.GetTimestamp();
        var range = new BlockRange(source, file.Stream, block.From, block.Next, receivedMicros);
        using (block)
        {
            if (!_idle.TryTake(out var worker)) worker = NewWorker();
            worker.Decoder.Decode(block, worker.Rows);
            var decoded = worker.Rows.Finish();
            _idle.Add(worker);
            foreach (var kind in Enum.GetValues<EventKind>())
                if (decoded.Facts[(int)kind] is { } batch) enricher.Enrich(kind, batch);
            return new DecodedPiece(range, decoded, end, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    private Worker NewWorker()
    {
        var context = new StreamContext(file.Stream, receivedMicros, _framer.HeaderForReplay);
        return new Worker(_framer.CreateDecoder(source.Contract), new RowWriter(source.Contract, context, options.Validation));
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
