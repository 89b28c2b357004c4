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

    /// <summary>Of each table, and each name of late rows, the versions that staged files and that nobody has yet seen
    /// applied, ascending.</summary>
    public ImmutableDictionary<string, ImmutableList<long>> Staged { get; init; } =
        ImmutableDictionary.Create<string, ImmutableList<long>>(StringComparer.Ordinal);

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

    /// <summary>Versions that staged files under a name after one that was applied.</summary>
    public IReadOnlyList<long> StagedAfter(string name, long applied) =>
        [.. StagedUnder(name).SkipWhile(version => version <= applied)];

    /// <summary>This state without versions that were applied.</summary>
    public LedgerState WithApplied(string name, long applied) =>
        StagedUnder(name) is { Count: > 0 } staged && staged[0] <= applied
            ? this with
            {
                Staged = Staged.SetItem(name, staged.RemoveAll(version => version <= applied)),
            }
            : this;

    public LedgerState With(long version, LedgerEntry? entry)
    {
        if (entry is null)
            return this with { Version = version };
        var names = entry.AppliedTables().Concat(entry.LateTables().Select(LateRows.NameOf)).ToList();
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
            LastStaged = LastStaged.SetItems(names.Select(name => KeyValuePair.Create(name, version))),
            Staged = Staged.SetItems(names.Select(name => KeyValuePair.Create(name, StagedUnder(name).Add(version)))),
        };
    }

    private ImmutableList<long> StagedUnder(string name) => Staged.GetValueOrDefault(name, []);

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
