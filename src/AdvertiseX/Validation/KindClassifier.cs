using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>
/// Classifies records as clicks, conversions or adjustments by the value of one field. Each different value is judged
/// once and remembered. Not thread-safe.
/// </summary>
internal sealed unsafe class KindClassifier : IDisposable
{
    private readonly TextDictionary _seen = new();
    private readonly List<KindVerdict> _verdicts = [KindVerdict.Unknown];
    private readonly NullValues _nulls;
    private readonly HashSet<string> _clicks;
    private readonly HashSet<string> _unknown;
    private readonly HashSet<string> _types;
    private readonly HashSet<string> _adjustments;

    public KindClassifier(KindRule rule, int slot, NullValues nulls)
    {
        static HashSet<string> Plain(IReadOnlyList<string> values) =>
            values.Select(KindNames.Plain).ToHashSet(StringComparer.Ordinal);
        Slot = slot;
        _nulls = nulls;
        (_clicks, _unknown) = (Plain(rule.Click), Plain(rule.Unknown));
        (_types, _adjustments) = (Plain(rule.ConversionTypes), Plain(rule.Adjustment));
    }

    public int Slot { get; }

    /// <summary>What the record's value says it is; unknown where it has none.</summary>
    public KindVerdict Classify(Slot* slots)
    {
        if (Slot < 0)
            return KindVerdict.Unknown;
        var value = slots[Slot];
        if (value.Kind == SlotKind.Integer)
            return Judge(value.Integer.ToString());
        if (value.Kind is not (SlotKind.Text or SlotKind.Number) || value.Length == 0)
            return KindVerdict.Unknown;
        var code = _seen.CodeOf(value.Pointer, value.Length, StableHash.Hash64(value.Pointer, value.Length));
        if (code < _verdicts.Count)
            return _verdicts[code];
        var verdict = _nulls.Contains(value.Span) ? KindVerdict.Unknown : Judge(Encoding.UTF8.GetString(value.Span));
        if (!_seen.IsPlain)
            _verdicts.Add(verdict);
        return verdict;
    }

    public void Dispose() => _seen.Dispose();

    private KindVerdict Judge(string value)
    {
        var plain = KindNames.Plain(value);
        if (plain.Length == 0 || _unknown.Contains(plain))
            return KindVerdict.Unknown;
        if (_clicks.Contains(plain))
            return KindVerdict.Click;
        if (_adjustments.Contains(plain))
            return KindVerdict.Adjustment;
        return _types.Count == 0 || _types.Contains(plain) ? KindVerdict.Conversion : KindVerdict.Unknown;
    }
}
