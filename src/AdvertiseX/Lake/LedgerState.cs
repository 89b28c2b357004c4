using System.Collections.Immutable;

namespace AdvertiseX.Lake;

/// <summary>What the ledger's batches up to one version add up to. Immutable.</summary>
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

    public LedgerState With(long version, LedgerEntry? entry)
    {
        if (entry is null)
            return this with { Version = version };
        return new(
            version,
            Streams.SetItems(
                entry.Streams.Select(stream =>
                    KeyValuePair.Create(
                        stream.Stream,
                        new StreamPosition(
                            stream.Stream,
                            stream.Next,
                            version,
                            stream.File ?? Streams.GetValueOrDefault(stream.Stream)?.File
                        )
                    )
                )
            ),
            LastStaged.SetItems(entry.TouchedTables().Select(table => KeyValuePair.Create(table, version)))
        );
    }

    /// <summary>Whether a batch may go on from here. A judged tail has to be settled first, once.</summary>
    public bool MayGoOn(StreamAdvance advance, bool settlesTail) =>
        ExpectedFrom(advance) == advance.From
        && (advance.File is null || (Streams.GetValueOrDefault(advance.Stream)?.File?.HasTail ?? false) == settlesTail);

    /// <summary>What the position must be from which a batch reads on.</summary>
    public long ExpectedFrom(StreamAdvance advance) =>
        Streams.TryGetValue(advance.Stream, out var known) ? known.Next
        : advance.Begins ? advance.From
        : 0;
}
