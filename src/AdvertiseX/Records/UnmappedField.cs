namespace AdvertiseX.Records;

/// <summary>A field of the record at hand that no contract names.</summary>
/// <param name="Name">Code of its path in <see cref="RecordSlots.UnmappedNames"/>.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsShared">Whether all rows of the record have it, as it was there at
/// <see cref="RecordSlots.Save"/>.</param>
internal readonly record struct UnmappedField(int Name, Slot Value, bool IsShared = false)
{
    public void Deconstruct(out int name, out Slot value) => (name, value) = (Name, Value);
}
