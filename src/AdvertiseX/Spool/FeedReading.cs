using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Sources;

namespace AdvertiseX.Spool;

/// <summary>Reads the segments of one feed, one after another. Not thread-safe.</summary>
/// <param name="environment">The spool and the lake.</param>
/// <param name="feed">The feed.</param>
internal sealed class FeedReading(SpoolWorkerEnvironment environment, Feed feed) : IDisposable
{
    // Streams that were read, and are perhaps not in the lake as a whole.
    private readonly List<SpoolStream> _read = [];
    private SpoolStream? _open;
    private SpoolSegment? _last;

    /// <summary>Whether everything was read, and no segment is being written.</summary>
    public bool IsAtEnd => _open is null && environment.Spool.Segments.After(feed, _last) is null;

    /// <summary>Reads about a block.</summary>
    /// <param name="intake">Takes blocks.</param>
    /// <param name="blockBytes">Bytes of a full block; 0 to read nothing.</param>
    /// <param name="all">Hand on blocks that are not full, too.</param>
    /// <returns>Whether anything was read.</returns>
    public bool Read(ILiveIntake intake, int blockBytes, bool all)
    {
        if ((_open ??= OpenNext()) is not { } stream)
            return false;
        var any = stream.Read(intake, blockBytes, all);
        if (!stream.IsRead)
            return any;
        Close();
        return true;
    }

    /// <summary>Reads everything again that is not in the lake.</summary>
    public void StartAgain()
    {
        Close();
        foreach (var stream in _read)
            stream.GiveUp();
        _read.Clear();
        _last = null;
    }

    public void Dispose() => _open?.Dispose();

    private void Close()
    {
        if (_open is not { } stream)
            return;
        stream.Dispose();
        _read.RemoveAll(read => read.Segment.IsDone);
        _read.Add(stream);
        (_last, _open) = (stream.Segment, null);
    }

    private SpoolStream? OpenNext()
    {
        var spool = environment.Spool;
        while (spool.Segments.After(feed, _last) is { } segment)
        {
            var from = environment.Ingest.Lake.Ledger.Find(segment.Name.Stream)?.Next ?? 0;
            spool.Committed(segment, from);
            if (segment.IsDone)
            {
                _last = segment;
                continue;
            }

            return new SpoolStream(
                spool,
                segment,
                spool.Open(segment),
                from,
                ContractFile.ShippedFor(feed),
                environment.Schemas
            );
        }

        return null;
    }
}
