using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;

namespace AdvertiseX.Validation;

/// <summary>
/// Takes the records that a decoder fills into <see cref="Record"/>, validates them and writes each as a row of its kind's batch,
/// or as a reject. One per decoding thread; not thread-safe.
/// </summary>
public sealed partial class RowWriter : IDisposable
{
    private DecodedBlock _output = new();

    public RowWriter(CompiledContract contract, StreamContext stream, ValidationOptions options)
    {
        Record = new RecordSlots(contract);
    }

    /// <summary>The record at hand.</summary>
    public RecordSlots Record { get; }

    /// <summary>Judges the record in <see cref="Record"/> and counts it.</summary>
    public void Write(in RecordBytes at) => _output.Counts[0].Received++;

    /// <summary>Counts and keeps a record that a decoder could not read.</summary>
    public void Reject(in RejectedEvent rejected) => _output.Counts[0][rejected.Reason]++;

    /// <summary>Everything written since the last call; the caller owns it.</summary>
    public DecodedBlock Finish()
    {
        var done = _output;
        _output = new DecodedBlock();
        return done;
    }

    public void Dispose()
    {
        Record.Dispose();
        _output.Dispose();
    }
}
