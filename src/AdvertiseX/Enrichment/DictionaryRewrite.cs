using AdvertiseX.Columns;

namespace AdvertiseX.Enrichment;

/// <summary>What a value becomes; an empty span makes it null. The result may be the value itself.</summary>
internal delegate ReadOnlySpan<byte> Standardise(ReadOnlySpan<byte> value);

/// <summary>Applies a function to the values of a dictionary column: once per entry, then codes are
/// exchanged.</summary>
internal static unsafe class DictionaryRewrite
{
    /// <summary>Replaces values in place.</summary>
    public static void Apply(DictionaryColumn column, int rows, Standardise standardise)
    {
        if (!column.IsAllocated)
            return;
        var dictionary = column.Dictionary;
        var entries = dictionary.Count;
        using var map = NativePool.Rent((long)(entries + 1) * sizeof(int));
        var codeOf = (int*)map.Pointer;
        codeOf[0] = 0;
        var changed = false;
        for (var code = 1; code <= entries; code++)
        {
            codeOf[code] = CodeOf(dictionary, code, standardise(dictionary[code]));
            changed |= codeOf[code] != code;
        }

        if (!changed)
            return;
        var codes = column.Codes;
        for (var row = 0; row < rows; row++)
            codes[row] = codeOf[codes[row]];
    }

    /// <summary>Fills rows that have no value in <paramref name="target"/> from what a function makes of their value in
    /// <paramref name="source"/>.</summary>
    public static void Derive(DictionaryColumn source, DictionaryColumn target, int rows, Standardise derive)
    {
        if (!source.IsAllocated || !AnyMissing(target, rows))
            return;
        var entries = source.Dictionary.Count;
        using var map = NativePool.Rent((long)(entries + 1) * sizeof(int));
        var codeOf = (int*)map.Pointer;
        codeOf[0] = 0;
        for (var code = 1; code <= entries; code++)
        {
            var derived = derive(source.Dictionary[code]);
            codeOf[code] = derived.IsEmpty ? 0 : Add(target.Dictionary, derived);
        }

        var codes = source.Codes;
        for (var row = 0; row < rows; row++)
            if (!target.IsValid(row) && codeOf[codes[row]] != 0)
                target.SetCode(row, codeOf[codes[row]]);
    }

    private static bool AnyMissing(DictionaryColumn column, int rows) =>
        !column.IsAllocated || new ReadOnlySpan<int>(column.Codes, rows).Contains(0);

    // The standardised value may lie in the dictionary's own arena, which adding an entry can move: it is copied first.
    private static int CodeOf(TextDictionary dictionary, int code, ReadOnlySpan<byte> standard)
    {
        if (standard.IsEmpty)
            return 0;
        if (standard.SequenceEqual(dictionary[code]))
            return code;
        return Add(dictionary, standard.ToArray());
    }

    private static int Add(TextDictionary dictionary, ReadOnlySpan<byte> value)
    {
        fixed (byte* p = value)
            return dictionary.CodeOf(p, value.Length, StableHash.Hash64(p, value.Length));
    }
}
