using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Json;

/// <summary>
/// The keys seen so far in the objects of one node, each linked to the key that followed it last. Bounded: past
/// <see cref="MaxKeys"/> spellings a new one is looked up each time it comes. Not thread-safe.
/// </summary>
internal sealed unsafe class ObjectShape : IDisposable
{
    private const int MaxKeys = 254;
    private const int Spare = MaxKeys + 1;
    private const int Buckets = 1024;
    private readonly NativeBuffer _buffer = NativePool.Rent((Spare + 1) * sizeof(KeyEntry));
    private readonly byte[]?[] _keys = new byte[]?[Spare + 1];
    private readonly FieldNode?[] _nodes = new FieldNode?[Spare + 1];
    private readonly ObjectShape?[] _children = new ObjectShape?[Spare + 1];
    private readonly byte[] _buckets = new byte[Buckets];
    private int _count;

    public ObjectShape(FieldNode node)
    {
        Node = node;
        Entries = (KeyEntry*)_buffer.Pointer;
        // Entry 0 stands for "nothing guessed": no valid text has a byte 0xFF.
        Entries[0] = new KeyEntry
        {
            Text = Vector256<byte>.AllBitsSet,
            Mask = Vector256<byte>.AllBitsSet,
            Length = 32,
        };
        Entries[Spare] = Entries[0];
    }

    public FieldNode Node { get; }

    public KeyEntry* Entries { get; }

    /// <summary>The key that came first last time.</summary>
    public int First { get; set; }

    public FieldNode? NodeOf(KeyEntry* key) => _nodes[key->Index];

    public ObjectShape ChildOf(KeyEntry* key) => _children[key->Index] ??= new ObjectShape(_nodes[key->Index]!);

    /// <summary>Whether <c>"key":</c> stands at <paramref name="p"/>; reads 32 bytes, or as many as the key has if that
    /// is more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Matches(byte* p, KeyEntry* key, byte* end) =>
        ((Vector256.Load(p) ^ key->Text) & key->Mask) == Vector256<byte>.Zero
        && (key->Length <= 32 || TailMatches(p, key, end));

    /// <summary>The entry of a key, made if it is new.</summary>
    public KeyEntry* Find(ReadOnlySpan<byte> key)
    {
        var bucket = (uint)StableHash.Hash64(key) & (Buckets - 1);
        while (_buckets[bucket] != 0)
        {
            int index = _buckets[bucket];
            if (key.SequenceEqual(_keys[index]))
                return Entries + index;
            bucket = (bucket + 1) & (Buckets - 1);
        }

        if (_count == MaxKeys || key.Length > JsonLimits.MaxKeyBytes)
            return Learn(Spare, key);
        _buckets[bucket] = (byte)++_count;
        return Learn(_count, key);
    }

    /// <summary>The code of the unmapped field that stands at this key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NameOf(KeyEntry* key, RecordSlots record)
    {
        if (key->Name == 0)
            key->Name = SourcePaths.UnmappedName(record, Node, _keys[key->Index]);
        return key->Name;
    }

    /// <summary>Forgets name codes: they belong to another record.</summary>
    public void ForgetNames()
    {
        for (var i = 0; i <= Spare; i++)
        {
            Entries[i].Name = 0;
            _children[i]?.ForgetNames();
        }
    }

    public void Dispose()
    {
        foreach (var child in _children)
            child?.Dispose();
        _buffer.Dispose();
    }

    private KeyEntry* Learn(int index, ReadOnlySpan<byte> key)
    {
        var node = SourcePaths.Find(Node, key);
        if (_nodes[index] != node)
        {
            _children[index]?.Dispose();
            _children[index] = null;
        }

        _nodes[index] = node;
        _keys[index] = key.ToArray();
        var entry = Entries + index;
        *entry = new KeyEntry
        {
            Length = key.Length + 3,
            Slot = node?.Slot ?? -1,
            Rank = node?.Rank ?? 0,
            Index = index,
            Branches = node is { HasChildren: true } or { Explodes: true },
        };
        SetText(entry, key);
        return entry;
    }

    private static void SetText(KeyEntry* entry, ReadOnlySpan<byte> key)
    {
        var text = (byte*)&entry->Text;
        var mask = (byte*)&entry->Mask;
        for (var i = 0; i < 32 && i < entry->Length; i++)
        {
            text[i] =
                i == 0 || i == key.Length + 1 ? (byte)'"'
                : i == key.Length + 2 ? (byte)':'
                : key[i - 1];
            mask[i] = 0xFF;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TailMatches(byte* p, KeyEntry* key, byte* end)
    {
        if (end - p < key->Length)
            return false;
        var text = _keys[key->Index];
        return text != null
            && new ReadOnlySpan<byte>(p + 1, text.Length).SequenceEqual(text)
            && p[text.Length + 1] == '"'
            && p[text.Length + 2] == ':';
    }
}
