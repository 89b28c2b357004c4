using AdvertiseX.Events;

namespace AdvertiseX.Records;

/// <summary>
/// Where a decoder's records go. Always a struct, so that the decoder's code is made for it and the calls are direct:
/// the row writer in the product, a recorder in tests.
/// </summary>
internal interface IRecordSink
{
    RecordSlots Record { get; }

    void Write(in RecordBytes at);

    void Reject(in RejectedEvent rejected);
}
