using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AdvertiseX.Enrichment;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Reads one stream: cuts it into blocks on one thread, decodes and enriches blocks on several, a bounded number in
/// flight, and gives them in the order of the stream. For one reader.
/// </summary>
internal sealed class BlockReader : IDisposable
{
    private readonly ISource _source;
    private readonly string _stream;
    private readonly IngestEnvironment _environment;
    private readonly long _openedMicros;
    private readonly ISourceReader _reader;
    private readonly BlockDecoders _decoders;

    /// <exception cref="BrokenOffException">The source cannot be opened.</exception>
    public BlockReader(ISource source, StreamStart start, Enricher enricher, IngestEnvironment environment)
    {
        _source = source;
        _stream = start.Stream;
        _decoders = new BlockDecoders(environment, enricher);
        _environment = environment;
        _openedMicros = environment.MicrosNow();
        _reader = source.Open(start, environment.Options.Framing);
    }

    /// <summary>All blocks from the position on.</summary>
    /// <exception cref="BrokenOffException">The source could not be read to its end; the whole records before were
    /// given.</exception>
    public async IAsyncEnumerable<DecodedBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var inOrder = Channel.CreateBounded<Task<DecodedBlock>>(_environment.Options.EffectiveBlocksInFlight);
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
        _decoders.Dispose();
        _reader.Dispose();
    }

    // Blocks that nobody will take any more still own memory, and the cutter may wait for room.
    private static async Task FreeAsync(ChannelReader<Task<DecodedBlock>> left)
    {
        while (!left.Completion.IsCompleted)
        {
            if (left.TryRead(out var piece))
                await FreeAsync(piece);
            else
                await ((Task)left.WaitToReadAsync().AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task FreeAsync(Task<DecodedBlock> piece)
    {
        await ((Task)piece).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (piece.IsCompletedSuccessfully)
            (await piece).Dispose();
    }

    private async Task CutAsync(ChannelWriter<Task<DecodedBlock>> blocks, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && _reader.Next(stop) is { } cut)
            {
                // A bounded source is there as a whole when it is opened; records of an endless one come as it is read.
                var received = _source.IsEndless ? _environment.MicrosNow() : _openedMicros;
                var origin = Origin(received);
                await blocks.WriteAsync(
                    Task.Run(() => _decoders.Decode(cut, origin), CancellationToken.None),
                    CancellationToken.None
                );
            }

            blocks.Complete();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            blocks.Complete();
        }
        catch (Exception e)
        {
            blocks.Complete(e);
        }
    }

    private BlockOrigin Origin(long receivedMicros) =>
        new(
            _source,
            new StreamContext(_stream, receivedMicros, _reader.HeaderForReplay, _reader.NamedDate),
            () => _reader.CreateDecoder(_source.Contract)
        );
}
