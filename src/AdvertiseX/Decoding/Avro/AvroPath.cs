using System.Text;

namespace AdvertiseX.Decoding.Avro;

/// <summary>The dotted path of a value in a slot plan. Belongs to one decoder.</summary>
internal sealed class AvroPath(string text)
{
    /// <summary>The contract's path of the record around it, and the field as the source spells it.</summary>
    public readonly string Text = text;

    public readonly byte[] Utf8 = Encoding.UTF8.GetBytes(text);

    /// <summary>Code among the unmapped names; -1 until first needed.</summary>
    public int UnmappedName = -1;
}
