namespace AdvertiseX.Keys;

/// <summary>Goes through the prefixes of several sets, ascending, as often as they are there. For few sets: each step
/// looks at all.</summary>
internal sealed class KeyUnion
{
    private readonly KeyCursor[] _cursors;
    private readonly ulong[] _heads;

    public KeyUnion(IReadOnlyList<KeySet> sets)
    {
        _cursors = [.. sets.Select(set => set.Cursor())];
        _heads = new ulong[_cursors.Length];
        for (var i = 0; i < _cursors.Length; i++)
            Advance(i);
    }

    public ulong Prefix { get; private set; }

    public bool MoveNext()
    {
        var least = 0;
        for (var i = 1; i < _heads.Length; i++)
            if (_heads[i] < _heads[least])
                least = i;
        if (_heads.Length == 0 || _heads[least] == ulong.MaxValue)
            return false;
        Prefix = _heads[least];
        Advance(least);
        return true;
    }

    private void Advance(int i) => _heads[i] = _cursors[i].MoveNext() ? _cursors[i].Prefix : ulong.MaxValue;
}
