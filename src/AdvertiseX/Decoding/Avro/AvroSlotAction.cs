namespace AdvertiseX.Decoding.Avro;

/// <summary>What a step of a slot plan does with the value at the cursor.</summary>
internal enum AvroSlotAction
{
    /// <summary>Nobody wants it.</summary>
    Skip,

    /// <summary>One value into its slot, or by its name among the unmapped.</summary>
    Scalar,

    /// <summary>Rendered as JSON, into its slot or among the unmapped.</summary>
    Json,

    /// <summary>Each field by a step of its own.</summary>
    Record,

    /// <summary>The branch that stands there.</summary>
    Union,

    /// <summary>An array where the contract expects a record: one item is looked through, more are JSON.</summary>
    Single,

    /// <summary>A map where the contract expects a record: keys are looked up.</summary>
    Map,

    /// <summary>An array each of whose items makes a row.</summary>
    Explode,
}
