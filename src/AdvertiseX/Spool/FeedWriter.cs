using System.Globalization;
using System.Text;
using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>
/// Writes the deliveries of one feed. What comes while the disk flushes is written and flushed together after that.
/// When the disk fails nothing is taken until a new segment could be begun, which is tried every second. Thread-safe.
/// </summary>
internal sealed class FeedWriter : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly SpoolEnvironment _environment;
    private readonly SegmentList _segments;
    private readonly DeliveryKeys _keys;
    private readonly Feed _feed;
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _came = new();
    private readonly Thread _thread;
    private PendingBatch _filling = new();
    private PendingBatch _writing = new();
    private SegmentWriter? _segment;
    private volatile string? _refusal;
    private bool _isClosed;

    public FeedWriter(SpoolEnvironment environment, SegmentList segments, DeliveryKeys keys, Feed feed)
    {
        (_environment, _segments, _keys, _feed) = (environment, segments, keys, feed);
        _thread = new Thread(Write) { IsBackground = true, Name = $"spool {FeedNames.Of(feed)}" };
        _thread.Start();
    }

    /// <summary>Why nothing is taken; null if all is well.</summary>
    public string? Refusal => _refusal;

    /// <summary>Takes a delivery; it is copied.</summary>
    /// <returns>Ends when it is safe, or is known not to be (<see cref="SpoolUnavailableException"/>).</returns>
    /// <exception cref="SpoolUnavailableException">Nothing is taken now.</exception>
    public Task<SpoolReceipt> Append(Delivery delivery, DeliveryKey? key)
    {
        var text = delivery.Key is null ? [] : Encoding.UTF8.GetBytes(delivery.Key);
        lock (_lock)
        {
            if (_isClosed)
                throw new SpoolUnavailableException("the server stops", RetryPause);
            if (_refusal is { } why)
                throw new SpoolUnavailableException(why, RetryPause);
            if (_filling.Count > 0 && _filling.Bytes + (long)delivery.Body.Length > _environment.Options.WaitingBytes)
                throw new SpoolUnavailableException(
                    $"{_filling.Count} deliveries wait for the disk (spool.waiting_bytes)",
                    RetryPause
                );
            var kept = _filling.Add(delivery, text, key, _environment.MicrosNow());
            _came.Set();
            return kept;
        }
    }

    /// <summary>Writes what waits, ends the segment, and takes nothing more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _came.Set();
        }

        _thread.Join();
        _filling.Dispose();
        _writing.Dispose();
        _came.Dispose();
    }

    private void Write()
    {
        while (true)
        {
            var isClosing = Take();
            if (_writing.Count > 0)
            {
                WriteBatch();
                _writing.Clear();
                continue;
            }

            if (isClosing)
                break;
            if (_refusal is not null)
                TryRecover();
            else if (IsOld)
                EndSegment();
        }

        EndSegment();
    }

    private bool IsOld =>
        _segment is { } open
        && open.Segment.Extent.Count > 0
        && _environment.MicrosNow() - open.CreatedMicros > _environment.Options.SegmentTime.TotalMicroseconds;

    // Waits for deliveries; true once no more come.
    private bool Take()
    {
        _came.Wait(RetryPause);
        lock (_lock)
        {
            _came.Reset();
            (_filling, _writing) = (_writing, _filling);
            if (_isClosed)
                _came.Set();
            return _isClosed;
        }
    }

    private void WriteBatch()
    {
        try
        {
            _segments.RequireRoom(_environment);
            if (IsOld || _segment?.Segment.Extent.Bytes >= _environment.Options.SegmentBytes)
                EndSegment();
            _segment ??= Begin();
            var first = _segment.Segment.Extent.Count;
            _segment.Write(_writing);
            _segments.Grew();
            _writing.Kept(_segment.Segment.Name, first, _keys);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Refuse(failed);
        }
    }

    private void Refuse(Exception failed)
    {
        _segment?.Abandon();
        _segment?.Dispose();
        _segment = null;
        var why = failed is SpoolFullException ? failed.Message : $"the spool's disk failed: {failed.Message}";
        lock (_lock)
            _refusal = why;
        _environment.Tell(SpoolNoticeKind.SpoolRefuses, $"{FeedNames.Of(_feed)}: {why}");
        // Of those that came meanwhile none is promised anything either.
        _writing.Failed(new SpoolUnavailableException(why, RetryPause, failed));
        lock (_lock)
        {
            _filling.Failed(new SpoolUnavailableException(why, RetryPause, failed));
            _filling.Clear();
        }

        _segments.Grew();
    }

    private void TryRecover()
    {
        try
        {
            _segments.RequireRoom(_environment);
            _segment ??= Begin();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return;
        }

        lock (_lock)
            _refusal = null;
        _environment.Tell(SpoolNoticeKind.SpoolKeeps, $"{FeedNames.Of(_feed)}: deliveries are kept again");
    }

    private SegmentWriter Begin()
    {
        var writer = SegmentWriter.Begin(_environment, new(_segments.NewStamp(), _feed, Guid.NewGuid()));
        _segments.Add(writer.Segment);
        return writer;
    }

    private void EndSegment()
    {
        _segment?.End();
        _segment?.Dispose();
        _segment = null;
        _segments.Grew();
        _segments.Sweep();
    }
}
