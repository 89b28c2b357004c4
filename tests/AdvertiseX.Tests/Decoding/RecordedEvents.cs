using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Tests.Decoding;

/// <summary>What a decoder found, one JSON text per record or reject.</summary>
internal sealed unsafe class RecordedEvents(CompiledContract contract) : IDisposable
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public List<string> Lines { get; } = [];

    public RecordSlots Record { get; } = new(contract);

    public void Dispose() => Record.Dispose();

    public static RecordedEvents Of(
        IFramerFactory framers,
        byte[] input,
        int blockBytes,
        int maxRecordBytes = 1 << 20,
        bool fast = true,
        int readBytes = int.MaxValue
    )
    {
        var events = new RecordedEvents(framers.Contract);
        using var stream = new ChoppedStream(input, readBytes);
        framers.Decode(stream, blockBytes, maxRecordBytes, fast, events);
        return events;
    }

    public void Write(in RecordBytes at)
    {
        var values = new JsonObject();
        for (var slot = 0; slot < Record.Count; slot++)
            if (Record.Slots[slot].Kind != SlotKind.Absent)
                values[FieldOf(slot)] = Show(Record.Slots[slot]);
        foreach (var unmapped in Record.Unmapped)
        {
            var name = "?" + Encoding.UTF8.GetString(Record.UnmappedNames[unmapped.Name]);
            while (values.ContainsKey(name))
                name += "'";
            values[name] = Show(unmapped.Value);
        }

        Add(
            new JsonObject
            {
                ["at"] = at.Offset,
                ["length"] = at.Length,
                ["row"] = at.Ordinal,
                ["values"] = values,
            }
        );
    }

    public void Reject(in RejectedEvent rejected)
    {
        var shown = new JsonObject
        {
            ["at"] = rejected.Offset,
            ["length"] = rejected.Length,
            ["reject"] = rejected.Reason.Code(),
        };
        if (!rejected.Expected.IsEmpty)
            shown["expected"] = Encoding.UTF8.GetString(rejected.Expected);
        if (!rejected.Found.IsEmpty)
            shown["found"] = Encoding.UTF8.GetString(rejected.Found);
        shown["raw"] =
            rejected.Raw.Length < 200 ? Encoding.UTF8.GetString(rejected.Raw) : $"{rejected.Raw.Length} bytes";
        Add(shown);
    }

    private void Add(JsonObject shown) => Lines.Add(shown.ToJsonString(Plain));

    private string FieldOf(int slot) => contract.Source.Fields.Keys.First(f => contract.SlotOf(f) == slot);

    private static string Show(in Slot slot) =>
        slot.Kind switch
        {
            SlotKind.Text => "text " + Encoding.UTF8.GetString(slot.Span),
            SlotKind.Number => "number " + Encoding.UTF8.GetString(slot.Span),
            SlotKind.Json => "json " + Encoding.UTF8.GetString(slot.Span),
            _ => slot.Kind.ToString().ToLowerInvariant(),
        };

    public readonly struct Sink(RecordedEvents events) : IRecordSink
    {
        public RecordSlots Record => events.Record;

        public void Write(in RecordBytes at) => events.Write(at);

        public void Reject(in RejectedEvent rejected) => events.Reject(rejected);
    }
}
