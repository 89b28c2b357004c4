namespace AdvertiseX.Decoding.Avro;

/// <summary>Where a walk over the items of an exploding array stands.</summary>
internal unsafe struct AvroItems(byte* start, byte* end, long work)
{
    public AvroCursor Cursor = new(start, end, work);

    /// <summary>Items left in the array's block at hand.</summary>
    public long Left;
}
