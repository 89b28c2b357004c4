using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Kafka.Producing;

/// <summary>Records go to a <see cref="RecordCollector"/>.</summary>
internal readonly struct CollectorSink(RecordCollector collector) : IRecordSink
{
    public RecordSlots Record => collector.Record;

    public void Write(in RecordBytes at) => collector.Take(at);

    public void Reject(in RejectedEvent rejected) => collector.TakeBad(rejected);
}
