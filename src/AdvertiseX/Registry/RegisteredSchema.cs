using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Registry;

/// <summary>A schema that has an id.</summary>
/// <param name="Id">Positive; no other schema ever has it.</param>
/// <param name="Text">As it was registered first.</param>
/// <param name="Form">By which it is found again (<see cref="SchemaForm"/>).</param>
internal sealed record RegisteredSchema(int Id, string Text, string Form)
{
    /// <summary>Its meaning, parsed when it is first compared: most schemas are only asked for.</summary>
    /// <exception cref="IOException">The text is not an Avro schema: the store is damaged.</exception>
    public AvroSchema Avro => field ??= SubmittedSchema.ParseStored(Text);
}
