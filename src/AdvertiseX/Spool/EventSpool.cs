using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>
/// The spool of one process in a folder of a local disk: for each feed segments of checksummed frames, written in
/// groups and flushed once a group (decision 069). Thread-safe.
/// </summary>
internal sealed class EventSpool : ISpool, IDisposable
{
    private readonly SpoolEnvironment _environment;
    private readonly DeliveryKeys _keys;
    private readonly FeedWriter[] _writers;
    private readonly ConcurrentDictionary<UInt128, PendingKey> _pending = new();

    /// <summary>Opens a spool; what was left of the last process is kept.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public EventSpool(SpoolEnvironment environment)
    {
        _environment = environment;
        _keys = new DeliveryKeys(environment.Options, TellForgotten);
        Segments = new SegmentList(environment);
        new SpoolRecovery(environment, Segments, _keys).Run();
        _writers = [.. Enum.GetValues<Feed>().Select(feed => new FeedWriter(environment, Segments, _keys, feed))];
    }

    /// <summary>What it holds.</summary>
    public SegmentList Segments { get; }

    /// <summary>Those who wait until something is in the lake.</summary>
    public CommitWaiters Waiters { get; } = new();

    /// <summary>Keys that are known.</summary>
    public long KnownKeys => _keys.Count;

    public string? Refusal => Array.Find(_writers, writer => writer.Refusal is not null)?.Refusal;

    public async ValueTask<SpoolReceipt> KeepAsync(Delivery delivery, CancellationToken cancellation)
    {
        var writer = _writers[(int)delivery.Feed];
        if (delivery.Key is null)
            return await writer.Append(delivery, null).WaitAsync(cancellation);
        var key = DeliveryKey.Of(
            Encoding.UTF8.GetBytes(delivery.Key),
            delivery.Feed,
            delivery.Format,
            delivery.Body.Span
        );
        var mine = new PendingKey(key.Content);
        var first = _pending.GetOrAdd(key.Key, mine);
        if (first != mine)
        {
            if (first.Content != key.Content)
                throw new DeliveryKeyReusedException(delivery.Key);
            return await first.Kept.Task.WaitAsync(cancellation) with { IsRepeat = true };
        }

        // The delivery may be kept after its sender stopped waiting; its key is taken until that is known.
        _ = KeepAsync(writer, delivery, key, mine);
        return await mine.Kept.Task.WaitAsync(cancellation);
    }

    public ValueTask<IReadOnlyList<EventVerdict>?> CommittedAsync(SpoolReceipt receipt, CancellationToken cancellation)
    {
        var segment = Segments.Find(receipt.Stream);
        return segment is null ? new(result: null) : new(Waiters.WaitAsync(segment, receipt.Position, cancellation));
    }

    /// <summary>Opens a segment for reading; the caller disposes it.</summary>
    public ISpoolFile Open(SpoolSegment segment) => _environment.Disk.Open(segment.Name.File);

    /// <summary>Deliveries of a stream are in the lake up to a position.</summary>
    public void Committed(SpoolSegment segment, long next)
    {
        segment.Committed = next;
        Waiters.Passed(segment, next);
        if (segment.IsDone)
            Segments.Sweep();
    }

    /// <summary>Writes what waits, and takes nothing more. What is not in the lake is read by the next
    /// process.</summary>
    public void Dispose()
    {
        foreach (var writer in _writers)
            writer.Dispose();
        Waiters.Dispose();
        Segments.Dispose();
        _environment.Disk.Dispose();
    }

    private async Task KeepAsync(FeedWriter writer, Delivery delivery, DeliveryKey key, PendingKey mine)
    {
        try
        {
            if (_keys.TryFind(key, _environment.MicrosNow(), out var known, out var isSame))
            {
                if (!isSame)
                    throw new DeliveryKeyReusedException(delivery.Key!);
                _pending.TryRemove(key.Key, out _);
                mine.Kept.SetResult(known);
                return;
            }

            var receipt = await writer.Append(delivery, key).ConfigureAwait(false);
            _pending.TryRemove(key.Key, out _);
            mine.Kept.SetResult(receipt);
        }
        catch (Exception failed) when (failed is SpoolUnavailableException or DeliveryKeyReusedException)
        {
            _pending.TryRemove(key.Key, out _);
            mine.Kept.SetException(failed);
            // Nobody may be waiting any more.
            _ = mine.Kept.Task.Exception;
        }
    }

    private void TellForgotten(long count, TimeSpan age) =>
        _environment.Tell(
            SpoolNoticeKind.KeysForgotten,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count} keys were forgotten {age.TotalHours:0.#} hours after they came; spool.max_keys is {_environment.Options.MaxKeys}"
            )
        );

    private sealed class PendingKey(ulong content)
    {
        public ulong Content { get; } = content;

        public TaskCompletionSource<SpoolReceipt> Kept { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
