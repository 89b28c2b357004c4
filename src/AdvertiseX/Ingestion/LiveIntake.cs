using System.Threading.Channels;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Stands between the thread that reads a live source and the task that gathers units: decodes blocks several at once
/// and gives them on in the order in which they were read.
/// </summary>
internal sealed class LiveIntake(BlockDecoders decoders, IngestEnvironment environment, LiveOptions options)
    : ILiveIntake
{
    private readonly Channel<LiveStep> _steps = Channel.CreateUnbounded<LiveStep>();
    private long _waitingBytes;

    /// <summary>Whether so much waits that no more is to be read.</summary>
    public bool IsFull => Interlocked.Read(ref _waitingBytes) >= options.WaitingBytes;

    /// <summary>Whether nobody takes blocks any more.</summary>
    public bool IsClosed { get; private set; }

    public void Add(ILiveStream stream, CutBlock block)
    {
        Interlocked.Add(ref _waitingBytes, block.Block.Length);
        var origin = decoders.OriginOf(stream, block.Block.ReceivedMicros ?? environment.MicrosNow());
        Give(new(Task.Run(() => DecodeAsync(block, origin, stream)), stream, block.Block.Length));
    }

    /// <summary>Begins to commit everything added so far.</summary>
    public void Flush() => Give(default);

    public bool Drain()
    {
        var drained = new ManualResetEventSlim();
        Give(default(LiveStep) with { Drained = drained });
        return drained.Wait(options.DrainTime) && !IsClosed;
    }

    /// <summary>Nothing more is added.</summary>
    public void Complete() => _steps.Writer.TryComplete();

    /// <summary>What was added, in order.</summary>
    public IAsyncEnumerable<LiveStep> ReadAllAsync() => _steps.Reader.ReadAllAsync();

    /// <summary>A block was taken.</summary>
    public void Took(in LiveStep step) => Interlocked.Add(ref _waitingBytes, -step.Bytes);

    /// <summary>Frees what nobody will take any more, now and later.</summary>
    public async Task CloseAsync()
    {
        IsClosed = true;
        Complete();
        await foreach (var step in ReadAllAsync())
            await FreeAsync(step);
    }

    private async Task<DecodedBlock> DecodeAsync(CutBlock block, BlockOrigin origin, ILiveStream stream)
    {
        try
        {
            await stream.PrepareAsync(block.Block);
        }
        catch
        {
            block.Block.Dispose();
            throw;
        }

        return decoders.Decode(block, origin);
    }

    private void Give(in LiveStep step)
    {
        if (!_steps.Writer.TryWrite(step))
            _ = FreeAsync(step);
    }

    private static async Task FreeAsync(LiveStep step)
    {
        step.Drained?.Set();
        if (step.Block is not { } block)
            return;
        await ((Task)block).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (block.IsCompletedSuccessfully)
            (await block).Dispose();
    }
}
