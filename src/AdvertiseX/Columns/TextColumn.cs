using System.Runtime.CompilerServices;

namespace AdvertiseX.Columns;

/// <summary>UTF-8 (or bytes) of many different values: one reference a row into one arena.</summary>
internal sealed unsafe class TextColumn : Column
{
    private NativeBuffer? _refs;
    private TextRef* _ref;

    internal TextColumn(ColumnDefinition definition)
        : base(definition) { }

    /// <summary>References by row; null when unallocated.</summary>
    public TextRef* Refs => _ref;

    public ByteArena Arena { get; } = new();

    /// <summary>Sets a row to a copy of the bytes; an empty text is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int row, byte* text, int length)
    {
        if (_ref == null)
            Allocate();
        _ref[row] = new TextRef(Arena.Append(text, length), length);
    }

    public void Set(int row, ReadOnlySpan<byte> text)
    {
        fixed (byte* p = text)
            Set(row, p, text.Length);
    }

    /// <summary>The row's bytes; empty when null. Valid until the column is next written to.</summary>
    public ReadOnlySpan<byte> Get(int row) =>
        _ref == null ? default : new(Arena.Bytes + _ref[row].Start, _ref[row].Length);

    public override bool IsValid(int row) => _ref != null && _ref[row].Length > 0;

    public override void ClearRow(int row)
    {
        if (_ref != null)
            _ref[row] = default;
    }

    public override long UsedBytes(int rows) => IsAllocated ? ((long)rows * sizeof(TextRef)) + Arena.Length : 0;

    public override void Dispose()
    {
        _refs?.Dispose();
        _refs = null;
        _ref = null;
        Arena.Dispose();
        IsAllocated = false;
    }

    internal override void ReserveText(Column source, double times) =>
        Arena.Reserve((long)Math.Min(times * ((TextColumn)source).Arena.Length, int.MaxValue));

    internal override void CopyFrom(Column source, int rows, int at)
    {
        var from = (TextColumn)source;
        if (!from.IsAllocated || rows == 0)
            return;
        if (_ref == null)
            Allocate();
        if (from.Arena.Length == 0)
            return;
        var shift = Arena.Append(from.Arena.Bytes, checked((int)from.Arena.Length));
        for (var i = 0; i < rows; i++)
            _ref[at + i] = new TextRef(from._ref[i].Start + shift, from._ref[i].Length);
    }

    private protected override void Resize(int oldRows, int newRows)
    {
        Grow(ref _refs, sizeof(TextRef), oldRows, newRows);
        _ref = (TextRef*)_refs!.Pointer;
    }
}
