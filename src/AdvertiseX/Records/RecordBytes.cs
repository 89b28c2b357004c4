namespace AdvertiseX.Records;

/// <summary>Where the record at hand lies in its block and stream.</summary>
internal readonly unsafe struct RecordBytes(byte* raw, int length, long offset, int ordinal)
{
    public readonly byte* Raw = raw;
    public readonly int Length = length;
    public readonly long Offset = offset;
    public readonly int Ordinal = ordinal;

    public ReadOnlySpan<byte> Span => new(Raw, Length);
}
