namespace AdvertiseX.Records;

/// <summary>A field of the record at hand that no contract names.</summary>
/// <param name="Name">Code of its path in <see cref="RecordSlots.UnmappedNames"/>.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct UnmappedField(int Name, Slot Value);
