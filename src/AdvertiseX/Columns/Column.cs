using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AdvertiseX.Columns;

/// <summary>
/// One column of a <see cref="ColumnBatch"/>. Memory that no row sets is not allocated; zeroed memory means null in
/// every kind of column, so a row that nobody writes is null. Not thread-safe.
/// </summary>
internal abstract unsafe class Column : IDisposable
{
    private protected Column(ColumnDefinition definition) => Definition = definition;

    public ColumnDefinition Definition { get; }

    /// <summary>Whether any row was ever set; if not, every row is null.</summary>
    public bool IsAllocated { get; private protected set; }

    /// <summary>Rows that fit.</summary>
    public int Capacity { get; private protected set; }

    /// <summary>Whether the row has a value.</summary>
    public abstract bool IsValid(int row);

    /// <summary>Makes the row null again.</summary>
    public abstract void ClearRow(int row);

    /// <summary>Bytes held, for sizing a commit unit.</summary>
    public abstract long UsedBytes(int rows);

    public abstract void Dispose();

    /// <summary>Makes room for <paramref name="rows"/> rows, at least; an unallocated column only notes the
    /// number.</summary>
    internal void Reserve(int rows)
    {
        if (rows <= Capacity)
            return;
        if (IsAllocated)
            Resize(Capacity, rows);
        Capacity = rows;
    }

    /// <summary>Makes room for the rows noted so far, unless that was done.</summary>
    internal void EnsureAllocated()
    {
        if (!IsAllocated)
            Allocate();
    }

    /// <summary>Makes room for <paramref name="times"/> times the texts of a column of the same type.</summary>
    internal virtual void ReserveText(Column source, double times) { }

    /// <summary>Copies the first <paramref name="rows"/> rows of a column of the same type to
    /// <paramref name="at"/>.</summary>
    internal abstract void CopyFrom(Column source, int rows, int at);

    /// <summary>Makes room for the rows noted so far, all null.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected void Allocate()
    {
        Resize(0, Capacity);
        IsAllocated = true;
    }

    /// <summary>Makes room for more rows, keeping the first.</summary>
    private protected abstract void Resize(int oldRows, int newRows);

    /// <summary>Grows a zeroed array of fixed-width values, keeping what it holds.</summary>
    private protected static void Grow(ref NativeBuffer? buffer, int width, int oldRows, int newRows)
    {
        var grown = NativePool.Rent((long)width * newRows);
        var kept = (long)width * oldRows;
        if (buffer != null && kept > 0)
            NativeMemory.Copy(buffer.Pointer, grown.Pointer, (nuint)kept);
        NativeMemory.Clear(grown.Pointer + kept, (nuint)(((long)width * newRows) - kept));
        buffer?.Dispose();
        buffer = grown;
    }
}
