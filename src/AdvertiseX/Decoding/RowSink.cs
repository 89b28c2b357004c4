using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Decoding;

/// <summary>Records go to a <see cref="RowWriter"/>.</summary>
internal readonly struct RowSink(RowWriter rows) : IRecordSink
{
    public RecordSlots Record => rows.Record;

    public void Write(in RecordBytes at) => rows.Write(at);

    public void Reject(in RejectedEvent rejected) => rows.Reject(rejected);
}
