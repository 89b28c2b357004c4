using System.Runtime.CompilerServices;

namespace AdvertiseX.Columns;

/// <summary>UTF-8 of few different values: a code a row into a <see cref="TextDictionary"/>; code 0 is null.</summary>
internal sealed unsafe class DictionaryColumn : Column
{
    private NativeBuffer? _codes;
    private int* _code;

    internal DictionaryColumn(ColumnDefinition definition)
        : base(definition) { }

    /// <summary>Codes by row; null when unallocated.</summary>
    public int* Codes => _code;

    public TextDictionary Dictionary { get; } = new();

    /// <summary>Sets a row to a non-empty text with its stable hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int row, byte* text, int length, ulong hash)
    {
        if (_code == null)
            Allocate();
        _code[row] = Dictionary.CodeOf(text, length, hash);
    }

    /// <summary>Sets a row to a non-empty text.</summary>
    public void Set(int row, ReadOnlySpan<byte> text)
    {
        fixed (byte* p = text)
            Set(row, p, text.Length, StableHash.Hash64(p, text.Length));
    }

    /// <summary>Sets a row to a code of <see cref="Dictionary"/>, or 0 for null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetCode(int row, int code)
    {
        if (_code == null)
            Allocate();
        _code[row] = code;
    }

    /// <summary>Sets rows 0 to <paramref name="rows"/> − 1 to one non-empty text.</summary>
    public void Fill(int rows, ReadOnlySpan<byte> text)
    {
        if (rows == 0)
            return;
        Set(0, text);
        new Span<int>(_code, rows).Fill(_code[0]);
    }

    /// <summary>The row's code of <see cref="Dictionary"/>, or 0 for null.</summary>
    public int CodeAt(int row) => _code == null ? 0 : _code[row];

    /// <summary>The row's bytes; empty when null.</summary>
    public ReadOnlySpan<byte> Get(int row) => _code == null || _code[row] == 0 ? default : Dictionary[_code[row]];

    public override bool IsValid(int row) => _code != null && _code[row] != 0;

    public override void ClearRow(int row)
    {
        if (_code != null)
            _code[row] = 0;
    }

    public override long UsedBytes(int rows) => IsAllocated ? ((long)rows * sizeof(int)) + Dictionary.TextBytes : 0;

    public override void Dispose()
    {
        _codes?.Dispose();
        _codes = null;
        _code = null;
        Dictionary.Dispose();
        IsAllocated = false;
    }

    internal override void CopyFrom(Column source, int rows, int at)
    {
        var from = (DictionaryColumn)source;
        if (!from.IsAllocated || rows == 0)
            return;
        if (_code == null)
            Allocate();
        var entries = from.Dictionary.Count;
        using var map = NativePool.Rent((long)(entries + 1) * sizeof(int));
        var codeOf = (int*)map.Pointer;
        codeOf[0] = 0;
        for (var code = 1; code <= entries; code++)
            codeOf[code] = Dictionary.CodeOf(
                from.Dictionary.Pointer(code),
                from.Dictionary.Length(code),
                from.Dictionary.HashOf(code)
            );
        for (var i = 0; i < rows; i++)
            _code[at + i] = codeOf[from._code[i]];
    }

    private protected override void Resize(int oldRows, int newRows)
    {
        Grow(ref _codes, sizeof(int), oldRows, newRows);
        _code = (int*)_codes!.Pointer;
    }
}
