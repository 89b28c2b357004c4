using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Kafka.Producing;

/// <summary>
/// Takes the records of a file from its decoder, good ones and bad ones, into a batch: the bytes as they stand, the
/// user's id as key, and the record's own time. What a record means is for the reader of the topic to judge; only what
/// the file's framing left of a record can keep it from being sent. Not thread-safe.
/// </summary>
internal sealed unsafe class RecordCollector : IDisposable
{
    private readonly int _user;
    private readonly int _time;
    private readonly TimeParser _times;
    private readonly NullValues _nulls;
    private byte* _last;
    private long _lastOffset = -1;

    /// <param name="contract">Tells which fields are the user's id and the time.</param>
    /// <param name="batch">Takes the records.</param>
    public RecordCollector(CompiledContract contract, OutgoingBatch batch)
    {
        Batch = batch;
        Record = new RecordSlots(contract);
        _user = contract.SlotOf("user_id");
        _time = contract.SlotOf("event_time");
        _times = new TimeParser(contract.Source.Zone, contract.Source.Fields["event_time"].Formats);
        _nulls = new NullValues(contract.Source.NullValues);
    }

    public OutgoingBatch Batch { get; }

    public RecordSlots Record { get; }

    /// <summary>What stands before each value: a header line, or a frame that names a schema.</summary>
    public byte[] Before { get; set; } = [];

    public void Take(in RecordBytes at)
    {
        if (!IsAnother(at.Raw, at.Offset))
            return;
        Batch.Add(at.Offset, at.Ordinal, Key(), Before, at.Span, Time());
    }

    public void TakeBad(in RejectedEvent rejected)
    {
        fixed (byte* raw = rejected.Raw)
        {
            if (raw != null && !IsAnother(raw, rejected.Offset))
                return;
        }

        if (rejected.Reason == RejectReason.DamagedBlock)
            Batch.Refuse(rejected.Offset, rejected.Ordinal, "the file is damaged here, and no record can be cut out");
        else if (rejected.Raw.Length < rejected.Length)
            Batch.Refuse(rejected.Offset, rejected.Ordinal, "larger than topics.max_message_bytes");
        else
            Batch.Add(rejected.Offset, rejected.Ordinal, default, Before, rejected.Raw, 0);
    }

    public void Dispose() => Record.Dispose();

    // A record that makes several rows comes once for each of them.
    private bool IsAnother(byte* raw, long offset)
    {
        if (raw == _last && offset == _lastOffset)
            return false;
        _last = raw;
        _lastOffset = offset;
        return true;
    }

    private ReadOnlySpan<byte> Key()
    {
        if (_user < 0)
            return default;
        var id = RowWriter.FilterText(Record.Slots[_user]);
        return _nulls.Contains(id) || NullValues.IsZeroId(id) ? default : id;
    }

    private long Time()
    {
        if (_time < 0)
            return 0;
        var slot = Record.Slots[_time];
        return slot.Kind switch
        {
            SlotKind.TimestampMicros => slot.Integer,
            SlotKind.Integer => TimeParser.FromEpoch(slot.Integer),
            SlotKind.Text or SlotKind.Number when _times.Parse(slot.Span, out var micros) == TimeVerdict.Ok => micros,
            _ => 0,
        };
    }
}
