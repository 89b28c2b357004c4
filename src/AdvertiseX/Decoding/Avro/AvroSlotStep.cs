using AdvertiseX.Contracts;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Avro;

/// <summary>A step of a slot plan. Belongs to one decoder.</summary>
internal sealed class AvroSlotStep(AvroNode node, AvroSlotAction action, FieldNode? target, AvroPath path)
{
    public readonly AvroNode Node = node;
    public readonly AvroSlotAction Action = action;

    /// <summary>The contract's node whose slot takes the value; null where no slot does.</summary>
    public readonly FieldNode? Slot = target is { Slot: >= 0 } ? target : null;

    /// <summary>The contract's node at this place, with or without a slot.</summary>
    public readonly FieldNode? Target = target;

    /// <summary>Where the value stands; the steps of a union's branches share it.</summary>
    public readonly AvroPath Path = path;

    /// <summary>Fields of a record in the writer's order, branches of a union, or the item of an array.</summary>
    public AvroSlotStep[] Steps = [];

    /// <summary>Defaults of the reader's fields that the writer has not, with their steps.</summary>
    public (byte[] Binary, AvroSlotStep Step)[] Defaults = [];

    /// <summary>Steps for the keys of a map that the contract knows.</summary>
    public Dictionary<FieldNode, AvroSlotStep> Keys = [];

    /// <summary>The step for the other keys of a map; its path gets its code from each key.</summary>
    public AvroSlotStep? OtherKeys;
}
