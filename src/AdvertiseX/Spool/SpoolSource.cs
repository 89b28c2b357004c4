using System.Collections.Concurrent;
using AdvertiseX.Events;
using AdvertiseX.Sources;

namespace AdvertiseX.Spool;

/// <summary>The segments of a spool: of each feed one after another, the feeds side by side.</summary>
/// <param name="environment">The spool, the lake and the contracts.</param>
internal sealed class SpoolSource(SpoolWorkerEnvironment environment) : ILiveSource, IDisposable
{
    private readonly FeedReading[] _feeds =
    [
        .. Enum.GetValues<Feed>().Select(feed => new FeedReading(environment, feed)),
    ];
    private readonly ConcurrentQueue<SpoolStream> _givenUp = new();

    public bool IsAtEnd => Array.TrueForAll(_feeds, feed => feed.IsAtEnd);

    public bool IsPaused { get; set; }

    public void Read(ILiveIntake intake, TimeSpan wait, bool all)
    {
        while (_givenUp.TryDequeue(out var stream))
            _feeds[(int)stream.Segment.Name.Feed].StartAgain();
        var any = false;
        foreach (var feed in _feeds)
            any |= feed.Read(intake, IsPaused ? 0 : environment.Ingest.Options.Framing.BlockBytes, all);
        if (!any && wait > TimeSpan.Zero)
            environment.Spool.Segments.WaitForMore(wait);
    }

    /// <summary>None: a segment's id is never used again.</summary>
    public ValueTask<IReadOnlyList<ILiveStream>> FindReplacedAsync(
        IReadOnlyList<ILiveStream> streams,
        CancellationToken cancellation
    ) => new([]);

    public void Restart(IReadOnlyList<ILiveStream> streams)
    {
        foreach (var stream in streams.Cast<SpoolStream>())
        {
            stream.GiveUp();
            _givenUp.Enqueue(stream);
        }
    }

    public void Dispose()
    {
        foreach (var feed in _feeds)
            feed.Dispose();
    }
}
