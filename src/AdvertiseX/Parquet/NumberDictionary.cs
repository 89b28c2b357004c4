using System.Numerics;
using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>Few different numbers with their codes, from 0, in the order of their first coming. Not
/// thread-safe.</summary>
internal sealed unsafe class NumberDictionary : IDisposable
{
    /// <summary>Numbers that it holds at most.</summary>
    public const int Limit = 4096;

    private const int Slots = 4 * Limit;
    private static readonly int Shift = 64 - BitOperations.Log2(Slots);
    private NativeBuffer? _buffer;
    private long* _values;
    private short* _slots;

    public int Count { get; private set; }

    public void Clear()
    {
        if (Count > 0)
            new Span<short>(_slots, Slots).Clear();
        Count = 0;
    }

    /// <summary>Finds codes for all numbers, adding new ones; false, with nothing added, when there would be too
    /// many.</summary>
    public bool TryCode(long* numbers, int count, int* codes)
    {
        if (_buffer == null)
            Allocate();
        var known = Count;
        var last = ~numbers[0];
        var code = 0;
        for (var i = 0; i < count; i++)
        {
            var number = numbers[i];
            if (number != last)
            {
                code = CodeOf(number);
                if (code < 0)
                {
                    Forget(known);
                    return false;
                }

                last = number;
            }

            codes[i] = code;
        }

        return true;
    }

    /// <summary>Appends the numbers in the order of their codes, as PLAIN INT32 or INT64.</summary>
    public void WritePlain(EncodeBuffer output, bool narrow)
    {
        if (!narrow)
        {
            output.Append((byte*)_values, (long)Count * sizeof(long));
            return;
        }

        var to = (int*)output.Reserve((long)Count * sizeof(int));
        for (var i = 0; i < Count; i++)
            to[i] = (int)_values[i];
        output.Advance((long)Count * sizeof(int));
    }

    public void Dispose() => _buffer?.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int CodeOf(long number)
    {
        var slot = (int)(((ulong)number * 0x9E3779B97F4A7C15UL) >> Shift);
        while (true)
        {
            // A slot holds code + 1; 0 is free.
            var code = _slots[slot] - 1;
            if (code < 0)
                return Count == Limit ? -1 : Add(number, slot);
            if (_values[code] == number)
                return code;
            slot = (slot + 1) & (Slots - 1);
        }
    }

    private int Add(long number, int slot)
    {
        _values[Count] = number;
        _slots[slot] = (short)(Count + 1);
        return Count++;
    }

    private void Forget(int known)
    {
        new Span<short>(_slots, Slots).Clear();
        var all = Count;
        Count = 0;
        for (var i = 0; i < Math.Min(known, all); i++)
            CodeOf(_values[i]);
    }

    private void Allocate()
    {
        _buffer = NativePool.Rent((Limit * sizeof(long)) + (Slots * sizeof(short)));
        _values = (long*)_buffer.Pointer;
        _slots = (short*)(_values + Limit);
        new Span<short>(_slots, Slots).Clear();
    }
}
