using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>A contract's <c>where</c>. Immutable, thread-safe.</summary>
internal sealed unsafe class RecordFilter(CompiledContract contract)
{
    private readonly (int Slot, byte[][]? In, byte[][]? NotIn, bool? Present)[] _conditions =
    [
        .. contract.Source.Where.Select(c => (contract.SlotOf(c.Field), Texts(c.In), Texts(c.NotIn), c.Present)),
    ];

    /// <summary>Whether every condition holds for the record.</summary>
    public bool Passes(Slot* slots)
    {
        foreach (var (slot, @in, notIn, present) in _conditions)
        {
            var value = slot < 0 ? default : slots[slot];
            var text = RowWriter.FilterText(value);
            var has = value.Kind > SlotKind.Null && text.Length > 0;
            if (present is { } wanted && wanted != has)
                return false;
            if (@in != null && !(has && Contains(@in, text)))
                return false;
            if (notIn != null && has && Contains(notIn, text))
                return false;
        }

        return true;
    }

    private static byte[][]? Texts(IReadOnlyList<string>? list) =>
        list == null ? null : [.. list.Select(Encoding.UTF8.GetBytes)];

    private static bool Contains(byte[][] list, ReadOnlySpan<byte> text)
    {
        foreach (var t in list)
            if (t.Length == text.Length && Ascii.EqualsIgnoreCase(t, text))
                return true;
        return false;
    }
}
