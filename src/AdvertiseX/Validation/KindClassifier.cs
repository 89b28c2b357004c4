using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>
/// Classifies records as clicks or conversions by the value of one field. Each different value is judged once and
/// remembered. Not thread-safe.
/// </summary>
internal sealed unsafe class KindClassifier(KindRule rule, int slot) : IDisposable
{
    private const byte Unknown = 0,
        Click = 1,
        Conversion = 2;
    private readonly TextDictionary _seen = new();
    private readonly List<byte> _verdicts = [Unknown];

    public int Slot { get; } = slot;

    /// <summary>Whether the value says click or conversion; where not, <paramref name="kind"/> is click, under which it
    /// counts.</summary>
    public bool Classify(Slot* slots, out EventKind kind)
    {
        kind = EventKind.Click;
        if (Slot < 0)
            return false;
        var value = slots[Slot];
        if (value.Kind is not (SlotKind.Text or SlotKind.Number) || value.Length == 0)
            return false;
        var verdict = VerdictOf(value);
        if (verdict == Conversion)
            kind = EventKind.Conversion;
        return verdict != Unknown;
    }

    public void Dispose() => _seen.Dispose();

    private byte VerdictOf(in Slot value)
    {
        var code = _seen.CodeOf(value.Pointer, value.Length, StableHash.Hash64(value.Pointer, value.Length));
        if (code < _verdicts.Count)
            return _verdicts[code];
        var verdict = Judge(Encoding.UTF8.GetString(value.Span).Trim());
        if (!_seen.IsPlain)
            _verdicts.Add(verdict);
        return verdict;
    }

    private byte Judge(string value)
    {
        if (value.Length == 0 || Has(rule.Unknown, value))
            return Unknown;
        if (Has(rule.Click, value))
            return Click;
        return rule.ConversionTypes.Count == 0 || Has(rule.ConversionTypes, value) ? Conversion : Unknown;
    }

    private static bool Has(IReadOnlyList<string> list, string value) =>
        list.Contains(value, StringComparer.OrdinalIgnoreCase);
}
