using System.Collections.Immutable;

namespace AdvertiseX.Lake;

/// <summary>What the ledger's batches up to one version add up to. Immutable.</summary>
/// <param name="Version">The version.</param>
/// <param name="Streams">Positions of the streams read last; those of others are in <see cref="Archive"/>.</param>
/// <param name="LastStaged">Of each table, the last version that staged a file for it; late rows count under a name of
/// their own (<see cref="LateRows.NameOf"/>).</param>
internal sealed record LedgerState(
    long Version,
    ImmutableDictionary<string, StreamPosition> Streams,
    ImmutableDictionary<string, long> LastStaged
)
{
    public static readonly LedgerState Empty = new(
        -1,
        ImmutableDictionary.Create<string, StreamPosition>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal)
    );

    /// <summary>Positions of the streams that are not resident.</summary>
    public StreamArchive Archive { get; init; } = StreamArchive.Empty;

    /// <summary>Tables for which late rows were staged, at any time.</summary>
    public IEnumerable<string> LateTables() =>
        LastStaged.Keys.Where(LateRows.IsName).Select(LateRows.TableOf).Order(StringComparer.Ordinal);

    /// <summary>What is known of a stream, or null.</summary>
    /// <exception cref="IOException">The archive cannot be read.</exception>
    /// <exception cref="Delta.DeltaException">The archive is damaged.</exception>
    public StreamPosition? Find(string stream) =>
        Streams.TryGetValue(stream, out var known) ? known : Archive.Find(stream);

    /// <summary>This state, of which a part may be in the archive of one that was saved: its streams, and those that
    /// were read after it.</summary>
    /// <param name="saved">A state of this version or an earlier one, not earlier than the one that this archive is
    /// of.</param>
    public LedgerState On(LedgerState saved) =>
        this with
        {
            Streams = saved.Streams.SetItems(Streams.Where(stream => stream.Value.Version > saved.Version)),
            Archive = saved.Archive,
        };

    public LedgerState With(long version, LedgerEntry? entry)
    {
        if (entry is null)
            return this with { Version = version };
        return this with
        {
            Version = version,
            Streams = Streams.SetItems(
                entry.Streams.Select(stream =>
                    KeyValuePair.Create(
                        stream.Stream,
                        new StreamPosition(
                            stream.Stream,
                            stream.Next,
                            version,
                            stream.File ?? Find(stream.Stream)?.File
                        )
                    )
                )
            ),
            LastStaged = LastStaged.SetItems(
                entry
                    .AppliedTables()
                    .Concat(entry.LateTables().Select(LateRows.NameOf))
                    .Select(table => KeyValuePair.Create(table, version))
            ),
        };
    }

    /// <summary>Whether a batch may go on from here. A judged tail has to be settled first, once.</summary>
    public bool MayGoOn(StreamAdvance advance, bool settlesTail) =>
        ExpectedFrom(advance) == advance.From
        && (advance.File is null || (Find(advance.Stream)?.File?.HasTail ?? false) == settlesTail);

    /// <summary>What the position must be from which a batch reads on.</summary>
    public long ExpectedFrom(StreamAdvance advance) =>
        Find(advance.Stream) is { } known ? known.Next
        : advance.Begins ? advance.From
        : 0;
}
