using System.Text;
using AdvertiseX.Events;

namespace AdvertiseX.Generation;

internal enum LineVerdict
{
    Accepted,
    Late,
    Duplicate,
    Rejected,
}

/// <summary>What must become of a line; the event's id is 0 where it has none.</summary>
internal readonly record struct LineNote(
    EventKind Kind,
    LineVerdict Verdict,
    RejectReason? Reason = null,
    string Field = "",
    byte IdLetter = 0,
    ulong Id = 0
);

/// <summary>Counts every line and lists those that are not plainly accepted.</summary>
internal sealed class TruthLines(string root) : IDisposable
{
    private static readonly string[] KindNames = ["impression", "click", "conversion", "bid_request"];
    private static readonly string[] VerdictNames = ["accepted", "late", "duplicate", "rejected"];
    private readonly LineFile _file = new(
        root,
        _ => "truth/lines.csv",
        "feed,file,offset,ordinal,kind,verdict,reason,field,event_id\n"u8.ToArray(),
        long.MaxValue,
        gzip: false
    );

    public FeedCounts[] Counts { get; } = [new(), new(), new(), new()];

    public void Add(Feed feed, RecordPlace place, in LineNote note)
    {
        var counts = Counts[(int)note.Kind];
        switch (note.Verdict)
        {
            case LineVerdict.Accepted:
                counts.Accepted++;
                return;
            case LineVerdict.Late:
                counts.Accepted++;
                counts.Late++;
                break;
            case LineVerdict.Duplicate:
                counts.Duplicate++;
                break;
            default:
                counts.Reject(note.Reason!.Value.Code());
                break;
        }

        var buffer = _file.Begin(1024);
        buffer.Append(Encoding.UTF8.GetBytes($"{FeedNames.Of(feed)},{place.File},{place.Offset},{place.Ordinal},"));
        buffer.Append(Encoding.UTF8.GetBytes($"{KindNames[(int)note.Kind]},{VerdictNames[(int)note.Verdict]},"));
        buffer.Append(Encoding.UTF8.GetBytes($"{note.Reason?.Code()},{note.Field},"));
        if (note.IdLetter != 0)
            buffer.AppendId(note.IdLetter, note.Id);
        buffer.Append((byte)'\n');
        _file.Commit();
    }

    public void Dispose() => _file.Dispose();
}
