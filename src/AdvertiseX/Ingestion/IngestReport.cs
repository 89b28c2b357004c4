using AdvertiseX.Events;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>What an ingest did. Only what was committed counts.</summary>
public sealed class IngestReport
{
    private readonly KindCounts[] _counts = KindCounts.OfEachKind();
    private readonly long[] _bytes = new long[FactTables.KindCount];
    private readonly double[] _seconds = new double[FactTables.KindCount];
    private readonly List<SkippedFile> _failed = [];
    private readonly List<string> _unchanged = [];
    private readonly Dictionary<EventKind, DateTimeOffset> _lookedBackTo = [];

    /// <summary>Files that held feeds and were read, in whole or from where they stood.</summary>
    public int FilesRead { get; internal set; }

    /// <summary>Files of which nothing was new.</summary>
    public IReadOnlyList<string> Unchanged => _unchanged;

    /// <summary>Files met in folders that are none of the feeds.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; internal set; } = [];

    /// <summary>Files that broke off while they were read; what came before is in the lake.</summary>
    public IReadOnlyList<SkippedFile> Failed => _failed;

    /// <summary>Fields that no contract names, with how often each was seen (schema drift).</summary>
    public IDictionary<string, long> Unmapped { get; } = new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>
    /// For kinds whose filters of keys did not fit into memory (<see cref="IngestOptions.KeyFilterMib"/>): copies at
    /// another time were looked for among rows that arrived since, UTC. Identical copies are found always.
    /// </summary>
    public IReadOnlyDictionary<EventKind, DateTimeOffset> LookedBackTo => _lookedBackTo;

    /// <summary>Ledger version of the last commit, or −1 if nothing was committed.</summary>
    public long LedgerVersion { get; internal set; } = -1;

    public int Commits { get; internal set; }

    /// <summary>Seconds from start to end.</summary>
    public double Seconds { get; internal set; }

    /// <summary>Whether it was stopped at a commit before everything was read.</summary>
    public bool Stopped { get; internal set; }

    public KindCounts CountsOf(EventKind kind) => _counts[(int)kind];

    /// <summary>Decompressed bytes read of streams of a feed, under its first kind.</summary>
    public long BytesOf(EventKind kind) => _bytes[(int)kind];

    /// <summary>Seconds of decoding spent, under the feed's first kind.</summary>
    public double SecondsOf(EventKind kind) => _seconds[(int)kind];

    /// <summary>Decompressed bytes read, of all feeds.</summary>
    public long TotalBytes => _bytes.Sum();

    /// <summary>Records received, of all kinds.</summary>
    public long TotalReceived => _counts.Sum(c => c.Received);

    /// <summary>Records rejected, of all kinds.</summary>
    public long TotalRejected => _counts.Sum(c => c.Rejected);

    internal void Add(EventKind kind, KindCounts counts) => _counts[(int)kind].Add(counts);

    internal void AddStream(EventKind kind, long bytes, double seconds)
    {
        _bytes[(int)kind] += bytes;
        _seconds[(int)kind] += seconds;
    }

    internal void SetFailed(SkippedFile file)
    {
        _failed.RemoveAll(f => f.Path == file.Path);
        _failed.Add(file);
    }

    // The latest time is the shortest look-back.
    internal void SetLookedBackTo(EventKind kind, DateTimeOffset since)
    {
        if (!_lookedBackTo.TryGetValue(kind, out var known) || since > known)
            _lookedBackTo[kind] = since;
    }

    internal void AddUnchanged(string path) => _unchanged.Add(path);
}
