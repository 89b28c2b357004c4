using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>What one commit unit took from one stream. Not thread-safe.</summary>
internal sealed class StreamTally(string stream, IEventStream source, long from)
{
    // The ledger keeps counts by name; names beyond this many are counted together.
    private const int MaxUnmappedNames = 1000;
    private const string OtherNames = "(other)";

    public string Stream { get; } = stream;

    public IEventStream Source { get; } = source;

    /// <summary>Position at which the unit's part of the stream begins.</summary>
    public long From { get; } = from;

    /// <summary>Position at which it ends, exclusive: after the last terminated record.</summary>
    public long Next { get; private set; } = from;

    /// <summary>Seconds of decoding spent on it.</summary>
    public double Seconds { get; private set; }

    /// <summary>Counts by event kind before duplicates are known.</summary>
    public KindCounts[] Counts { get; } = KindCounts.OfEachKind();

    /// <summary>The part of <see cref="Counts"/> that an unterminated last record made, which stands at
    /// <see cref="Next"/>; null when there is none.</summary>
    public KindCounts[]? TailCounts { get; private set; }

    public Dictionary<string, long> Unmapped { get; } = new(StringComparer.Ordinal);

    private ContentMark End { get; set; } = new(from, null);

    public void Add(DecodedBlock block)
    {
        for (var i = 0; i < Counts.Length; i++)
            Counts[i].Add(block.Rows.Counts[i]);
        foreach (var (name, count) in block.Rows.Unmapped)
            AddUnmapped(name, count);
        Next = block.End.Position;
        Seconds += block.Seconds;
        End = block.End;
        if (End.TailLength > 0)
            TailCounts = block.Rows.Counts;
    }

    private void AddUnmapped(string name, long count)
    {
        if (Unmapped.Count >= MaxUnmappedNames && !Unmapped.ContainsKey(name))
            name = OtherNames;
        Unmapped[name] = Unmapped.GetValueOrDefault(name) + count;
    }

    /// <summary>How a file is known again after this unit; null for a source that is not known by its
    /// content.</summary>
    /// <param name="tail">What the unterminated last record counted as, or null.</param>
    public FileMark? Mark(IReadOnlyList<LedgerCounts>? tail) =>
        End.Hash is { } hash ? new(Source.Name, hash, End.Position, End.TailLength, End.TailHash, tail) : null;
}
