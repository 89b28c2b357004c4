using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Positions of streams that left the ledger's resident state: objects beside the saved states, of which each is at
/// least <see cref="Growth"/> times as large as the one after it, so that a look-up asks few. Immutable, safe for many
/// threads.
/// </summary>
internal sealed class StreamArchive
{
    /// <summary>A smaller object is merged with the one after it.</summary>
    private const int Growth = 4;

    public static readonly StreamArchive Empty = new([]);

    private readonly IReadOnlyList<(StreamSegment Segment, long Streams)> _segments;

    private StreamArchive(IReadOnlyList<(StreamSegment, long)> segments) => _segments = segments;

    /// <summary>How many positions it holds; a stream that left twice may count twice.</summary>
    public long Streams => _segments.Sum(segment => segment.Streams);

    /// <summary>Its objects, to be saved with a state.</summary>
    public IReadOnlyList<SavedSegment> Segments =>
        [.. _segments.Select(segment => new SavedSegment(segment.Segment.Key, segment.Streams))];

    public static StreamArchive Of(IObjectStore store, IReadOnlyList<SavedSegment> segments) =>
        new([.. segments.Select(segment => (new StreamSegment(store, segment.Key), segment.Streams))]);

    /// <summary>The position of a stream, or null when it is not in the archive.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    /// <exception cref="DeltaException">An object is damaged.</exception>
    public StreamPosition? Find(string stream)
    {
        StreamPosition? last = null;
        foreach (var (segment, _) in _segments)
            if (segment.Find(stream) is { } found && found.Version > (last?.Version ?? -1))
                last = found;
        return last;
    }

    /// <summary>What is wrong with its objects, each read whole.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        foreach (var (segment, _) in _segments)
        {
            try
            {
                foreach (var (_, line) in segment.Read())
                    LedgerJson.ReadPosition(line, segment.Key);
            }
            catch (DeltaException damaged)
            {
                faults.Add(damaged.Message);
            }
        }

        return faults;
    }

    /// <summary>An archive with more positions, in a new object.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">Where its objects lie.</param>
    /// <param name="positions">The positions.</param>
    /// <param name="cancellation">Stops the writing.</param>
    public async ValueTask<StreamArchive> WithAsync(
        IObjectStore store,
        string folder,
        IReadOnlyCollection<StreamPosition> positions,
        CancellationToken cancellation
    )
    {
        var kept = _segments.ToList();
        IEnumerable<(ulong Hash, ReadOnlyMemory<byte> Json)> lines = positions
            .Select(position =>
                (StreamSegment.HashOf(position.Stream), (ReadOnlyMemory<byte>)LedgerJson.Write(position))
            )
            .OrderBy(line => line.Item1)
            .ToList();
        long count = positions.Count;
        while (kept.Count > 0 && kept[^1].Streams < count * Growth)
        {
            lines = Merged(kept[^1].Segment.Read(), lines);
            count += kept[^1].Streams;
            kept.RemoveAt(kept.Count - 1);
        }
        var key = $"{folder}streams-{Guid.NewGuid():N}";
        kept.Add((new(store, key), await StreamSegment.WriteAsync(store, key, lines, count, cancellation)));
        FaultPoint.Reach("positions: archive written");
        return new(kept);
    }

    /// <summary>Two orders as one; of a stream that is in both the later position.</summary>
    private static IEnumerable<(ulong Hash, ReadOnlyMemory<byte> Json)> Merged(
        IEnumerable<(ulong Hash, ReadOnlyMemory<byte> Json)> older,
        IEnumerable<(ulong Hash, ReadOnlyMemory<byte> Json)> newer
    )
    {
        using var old = older.GetEnumerator();
        var more = old.MoveNext();
        foreach (var line in newer)
        {
            for (; more && old.Current.Hash < line.Hash; more = old.MoveNext())
                yield return old.Current;
            // Two names with one hash are as good as impossible, and both stay.
            for (; more && old.Current.Hash == line.Hash; more = old.MoveNext())
                if (
                    LedgerJson.ReadPosition(old.Current.Json, "").Stream
                    != LedgerJson.ReadPosition(line.Json, "").Stream
                )
                    yield return old.Current;
            yield return line;
        }
        for (; more; more = old.MoveNext())
            yield return old.Current;
    }
}
