using AdvertiseX.Records;

namespace AdvertiseX.Generation;

/// <summary>
/// What will happen, in the order of time. At the same microsecond impressions come before clicks, these before
/// conversions, and then what was put in first: so whoever looks back sees all that a window's closed end holds.
/// </summary>
internal sealed class EventQueue
{
    private Entry[] _heap = new Entry[1024];
    private PendingEvent[] _slots = new PendingEvent[1024];
    private readonly Stack<int> _free = new();
    private int _usedSlots;
    private ulong _sequence;

    public int Count { get; private set; }

    /// <summary>Time of the next event in micros; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextTime => Count == 0 ? long.MaxValue : _heap[0].Time;

    public void Add(in PendingEvent item)
    {
        var slot = _free.Count > 0 ? _free.Pop() : _usedSlots++;
        if (slot == _slots.Length)
            Array.Resize(ref _slots, slot * 2);
        _slots[slot] = item;
        if (Count == _heap.Length)
            Array.Resize(ref _heap, Count * 2);
        SiftUp(Count++, new Entry(item.TimeMicros, ((ulong)item.Kind << 56) | _sequence++, slot));
    }

    public PendingEvent Take()
    {
        var slot = _heap[0].Slot;
        _free.Push(slot);
        if (--Count > 0)
            SiftDown(_heap[Count]);
        return _slots[slot];
    }

    private void SiftUp(int index, Entry entry)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!entry.Before(_heap[parent]))
                break;
            _heap[index] = _heap[parent];
            index = parent;
        }

        _heap[index] = entry;
    }

    private void SiftDown(Entry entry)
    {
        var index = 0;
        while (true)
        {
            var child = index * 2 + 1;
            if (child >= Count)
                break;
            if (child + 1 < Count && _heap[child + 1].Before(_heap[child]))
                child++;
            if (!_heap[child].Before(entry))
                break;
            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = entry;
    }

    private readonly record struct Entry(long Time, ulong Order, int Slot)
    {
        public bool Before(in Entry other) => Time != other.Time ? Time < other.Time : Order < other.Order;
    }
}
