namespace AdvertiseX.Lake;

/// <summary>What a batch read of one stream: from <paramref name="From"/> to before <paramref name="Next"/>.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="From">First position read; must be the one that the ledger holds (0 for a stream it does not
/// know).</param>
/// <param name="Next">First position not read.</param>
/// <param name="Counts">What became of the records, at most one entry a kind.</param>
internal sealed record StreamAdvance(string Stream, long From, long Next, IReadOnlyList<LedgerCounts> Counts)
{
    /// <summary>The stream does not begin at 0 (a topic whose first messages are gone): any From will do if it is
    /// unknown.</summary>
    public bool Begins { get; init; }

    /// <summary>For a file, how to know it again after this batch.</summary>
    public FileMark? File { get; init; }

    /// <summary>Fields that no contract names, with how many records had them.</summary>
    public IReadOnlyDictionary<string, long> UnmappedFields { get; init; } = new Dictionary<string, long>();

    /// <summary><see cref="Next"/> − <see cref="From"/>: of a file, the decompressed bytes read; of a source whose
    /// positions are no bytes, that many positions.</summary>
    public long Bytes { get; init; }

    /// <summary>Seconds of work spent on it.</summary>
    public double Seconds { get; init; }
}
