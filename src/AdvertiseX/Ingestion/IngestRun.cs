using System.Diagnostics;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>Keeps the report and the progress of one run. Blocks are told by one thread, commits by another.</summary>
internal sealed class IngestRun(
    IReadOnlyList<ISource> sources,
    IReadOnlyList<SkippedFile> skipped,
    IProgress<IngestProgress>? progress,
    TimeProvider clock
)
{
    private readonly IngestReport _report = new() { Skipped = skipped };
    private readonly long _started = clock.GetTimestamp();
    private readonly long _bytes = sources.Sum(s => s.SizeBytes);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private long _bytesDone;
    private long _records;
    private string _file = "";

    // A file is met again when another process was first with a part of it; then it is not told twice.
    public void Unchanged(ISource source)
    {
        if (!_begun.Contains(source.Name) && !_done.Contains(source.Name))
            _report.AddUnchanged(source.Name);
        Done(source);
    }

    public void Begin(ISource source)
    {
        _file = source.Name;
        if (_begun.Add(source.Name))
            _report.FilesRead++;
        Report(0);
    }

    public void Read(ISource source, DecodedBlock block)
    {
        foreach (var counts in block.Rows.Counts)
            _records += counts.Received;
        // Progress of a compressed file is an estimate until it ends: only decompressed offsets are known.
        Report(Math.Min(source.SizeBytes, block.Range.Next));
    }

    public void End(ISource source) => Done(source);

    public void Failed(ISource source, Exception damage)
    {
        _report.SetFailed(new SkippedFile(source.Name, damage.Message));
        Done(source);
    }

    public void Committed(CommittedUnit unit)
    {
        lock (_gate)
        {
            _report.LedgerVersion = unit.LedgerVersion;
            _report.Commits++;
            foreach (var (kind, since) in unit.LookedBackTo)
                _report.SetLookedBackTo(kind, since);
            foreach (var (stream, counts) in unit.Streams)
            {
                foreach (var kind in Enum.GetValues<EventKind>())
                    _report.Add(kind, counts[(int)kind]);
                var first = ContractFields.KindsOf(stream.Source.Contract.Feed)[0];
                _report.AddStream(first, stream.Next - stream.From, stream.Seconds);
                foreach (var (name, count) in stream.Unmapped)
                    _report.Unmapped[name] = (_report.Unmapped.TryGetValue(name, out var n) ? n : 0) + count;
            }
        }
    }

    public IngestReport Finish(bool stopped)
    {
        _report.Stopped = stopped;
        _report.Seconds = clock.GetElapsedTime(_started).TotalSeconds;
        return _report;
    }

    private void Done(ISource source)
    {
        if (_done.Add(source.Name))
            _bytesDone += source.SizeBytes;
        Report(0);
    }

    private void Report(long ofFile) =>
        progress?.Report(
            new IngestProgress(
                _file,
                _done.Count,
                sources.Count,
                Math.Min(_bytes, _bytesDone + ofFile),
                _bytes,
                _records
            )
        );
}
