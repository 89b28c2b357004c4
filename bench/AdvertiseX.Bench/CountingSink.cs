using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Bench;

/// <summary>Counts records and does nothing with them.</summary>
internal readonly struct CountingSink(RecordSlots record, CountingSink.Counter counter) : IRecordSink
{
    public RecordSlots Record => record;

    public void Write(in RecordBytes at) => counter.Written++;

    public void Reject(in RejectedEvent rejected) => counter.Rejected++;

    public sealed class Counter
    {
        public long Written;
        public long Rejected;
    }
}
