using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>Fetches the values of chosen rows, leaving nulls out. Row numbers must be within the column.</summary>
internal static unsafe class Gather
{
    /// <summary>Fetches values as 64-bit numbers; returns how many there are.</summary>
    /// <param name="validity">One byte a row; null when every row has a value.</param>
    /// <param name="valid">Set to one byte a fetched row, unless every row has a value.</param>
    public static int Wide<T>(T* values, byte* validity, int* rows, int count, long* to, byte* valid)
        where T : unmanaged
    {
        if (validity == null)
        {
            for (var i = 0; i < count; i++)
                to[i] = Widen(values[rows[i]]);
            return count;
        }

        var found = 0;
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            var ok = validity[row];
            valid[i] = ok;
            to[found] = Widen(values[row]);
            found += ok;
        }

        return found;
    }

    /// <summary>Fetches values as they are, without a place for those that are null; returns how many there
    /// are.</summary>
    public static int Plain<T>(T* values, byte* validity, int* rows, int count, T* to, byte* valid)
        where T : unmanaged
    {
        if (validity == null)
        {
            for (var i = 0; i < count; i++)
                to[i] = values[rows[i]];
            return count;
        }

        var found = 0;
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            var ok = validity[row];
            valid[i] = ok;
            to[found] = values[row];
            found += ok;
        }

        return found;
    }

    /// <summary>The validity bytes, or null when all of <paramref name="rows"/> rows are valid.</summary>
    public static byte* ValidityOf<T>(FixedColumn<T> column, int rows)
        where T : unmanaged => new ReadOnlySpan<byte>(column.Validity, rows).Contains((byte)0) ? column.Validity : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Widen<T>(T value)
        where T : unmanaged =>
        sizeof(T) == sizeof(long) ? Unsafe.BitCast<T, long>(value) : Unsafe.BitCast<T, int>(value);
}
