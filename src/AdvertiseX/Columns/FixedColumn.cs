using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AdvertiseX.Columns;

/// <summary>
/// Values of one width with a validity byte each (1 = has a value): <see cref="ColumnType.Int64"/> and
/// <see cref="ColumnType.Timestamp"/> as <c>long</c>, <see cref="ColumnType.Int32"/> and <see cref="ColumnType.Date"/>
/// as <c>int</c>, <see cref="ColumnType.Boolean"/> as <c>byte</c>.
/// </summary>
internal sealed unsafe class FixedColumn<T> : Column
    where T : unmanaged
{
    private NativeBuffer? _values;
    private NativeBuffer? _valid;
    private T* _value;
    private byte* _validity;

    internal FixedColumn(ColumnDefinition definition)
        : base(definition) { }

    /// <summary>The values; undefined where not valid. Null when unallocated.</summary>
    public T* Values => _value;

    /// <summary>One byte a row, 1 = valid. Null when unallocated.</summary>
    public byte* Validity => _validity;

    /// <summary>Sets a row; <paramref name="row"/> must be below <see cref="Column.Capacity"/> (not checked).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int row, T value)
    {
        if (_value == null)
            Allocate();
        _value[row] = value;
        _validity[row] = 1;
    }

    /// <summary>Sets rows 0 to <paramref name="rows"/> − 1 to one value.</summary>
    public void Fill(int rows, T value)
    {
        if (rows == 0)
            return;
        if (_value == null)
            Allocate();
        new Span<T>(_value, rows).Fill(value);
        new Span<byte>(_validity, rows).Fill(1);
    }

    public override bool IsValid(int row) => _validity != null && _validity[row] != 0;

    public override void ClearRow(int row)
    {
        if (_validity != null)
            _validity[row] = 0;
    }

    public override long UsedBytes(int rows) => IsAllocated ? (long)rows * (sizeof(T) + 1) : 0;

    public override void Dispose()
    {
        _values?.Dispose();
        _valid?.Dispose();
        _values = _valid = null;
        _value = null;
        _validity = null;
        IsAllocated = false;
    }

    internal override void CopyFrom(Column source, int rows, int at)
    {
        var from = (FixedColumn<T>)source;
        if (!from.IsAllocated || rows == 0)
            return;
        if (_value == null)
            Allocate();
        NativeMemory.Copy(from._value, _value + at, (nuint)((long)rows * sizeof(T)));
        NativeMemory.Copy(from._validity, _validity + at, (nuint)rows);
    }

    private protected override void Resize(int oldRows, int newRows)
    {
        Grow(ref _values, sizeof(T), oldRows, newRows);
        Grow(ref _valid, 1, oldRows, newRows);
        _value = (T*)_values!.Pointer;
        _validity = _valid!.Pointer;
    }
}
