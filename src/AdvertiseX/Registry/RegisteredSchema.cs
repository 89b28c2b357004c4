using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Registry;

/// <summary>A schema that has an id.</summary>
/// <param name="Id">Positive; no other schema ever has it.</param>
/// <param name="Text">As it was registered first.</param>
/// <param name="Form">By which it is found again (<see cref="SchemaForm"/>).</param>
/// <param name="Avro">Its meaning.</param>
internal sealed record RegisteredSchema(int Id, string Text, string Form, AvroSchema Avro);
