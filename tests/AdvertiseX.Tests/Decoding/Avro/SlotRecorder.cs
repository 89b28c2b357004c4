using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>Keeps what a decoder puts into slots as texts: slots as <c>field=value</c>, unmapped fields as
/// <c>+path=value</c>, rejects as <c>!reason field</c>.</summary>
internal sealed class SlotRecorder(CompiledContract contract) : IDisposable
{
    public RecordSlots Record { get; } = new(contract);

    public List<string[]> Rows { get; } = [];

    public List<(long Offset, int Ordinal)> Places { get; } = [];

    public List<(
        RejectReason Reason,
        string Field,
        string Expected,
        long Offset,
        int Ordinal,
        long Length
    )> Rejects { get; } = [];

    public Sink AsSink() => new(this);

    public void Dispose() => Record.Dispose();

    private unsafe void Add(in RecordBytes at)
    {
        var row = new List<string>();
        foreach (var field in contract.Source.Fields.Keys)
        {
            var slot = Record.Slots[contract.SlotOf(field)];
            if (slot.Kind != SlotKind.Absent)
                row.Add($"{field}={Text(slot)}");
        }

        foreach (var field in Record.Unmapped)
            row.Add($"+{Encoding.UTF8.GetString(Record.UnmappedNames[field.Name])}={Text(field.Value)}");
        Rows.Add([.. row]);
        Places.Add((at.Offset, at.Ordinal));
    }

    private static string Text(Slot slot) =>
        slot.Kind switch
        {
            SlotKind.Null => "null",
            SlotKind.True => "true",
            SlotKind.False => "false",
            SlotKind.Integer => slot.Integer.ToString(),
            SlotKind.Real => slot.Real.ToString("R"),
            SlotKind.TimestampMicros => slot.Integer + "us",
            SlotKind.Number => "#" + Encoding.UTF8.GetString(slot.Span),
            SlotKind.Text => "'" + Encoding.UTF8.GetString(slot.Span) + "'",
            _ => Encoding.UTF8.GetString(slot.Span),
        };

    internal readonly struct Sink(SlotRecorder recorder) : IRecordSink
    {
        public RecordSlots Record => recorder.Record;

        public void Write(in RecordBytes at) => recorder.Add(at);

        public void Reject(in RejectedEvent rejected) =>
            recorder.Rejects.Add(
                (
                    rejected.Reason,
                    Encoding.UTF8.GetString(rejected.Field),
                    Encoding.UTF8.GetString(rejected.Expected),
                    rejected.Offset,
                    rejected.Ordinal,
                    rejected.Length
                )
            );
    }
}
