using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AdvertiseX.Columns;
using AdvertiseX.Decoding;

namespace AdvertiseX.Validation;

/// <summary>Ids, keys and what the record holds beyond its contract.</summary>
public sealed unsafe partial class RowWriter
{
    private const int IdHexBytes = 32;
    private const ulong NaturalKeySeed = 1;
    private readonly ExtraJson _extra = new();
    private byte[] _key = new byte[256];
    private int _keyLength;

    private void WriteExtra(KindPlan plan, ColumnBatch batch, int row, ref ulong payload)
    {
        if (Record.Unmapped.Length == 0) return;
        var json = _extra.Render(Record);
        if (json.Length == 0) return;
        As<TextColumn>(batch, plan.Extra).Set(row, json);
        payload = StableHash.Fold(payload, StableHash.Hash64(json));
    }

    private void WriteIdentity(KindPlan plan, ColumnBatch batch, int row, long time, ref ulong payload)
    {
        bool hasUser = plan.User >= 0 && !IsNull(Record.Slots + plan.User, isId: true);
        var own = OwnId(plan);
        if (own.Length > 0)
        {
            payload = StableHash.Fold(payload, SetId(plan, batch, row, own));
            return;
        }

        Span<byte> hex = stackalloc byte[IdHexBytes];
        NaturalId(plan, hasUser, time, payload, hex);
        SetId(plan, batch, row, hex);
    }

    private ReadOnlySpan<byte> OwnId(KindPlan plan)
    {
        foreach (int slot in plan.OwnId)
            if (!IsNull(Record.Slots + slot, isId: true)) return TextOf(Record.Slots[slot], Record.Scratch);
        return default;
    }

    private static ulong SetId(KindPlan plan, ColumnBatch batch, int row, ReadOnlySpan<byte> id)
    {
        ulong hash = StableHash.Hash64(id);
        As<TextColumn>(batch, plan.EventId).Set(row, id);
        As<FixedColumn<long>>(batch, plan.EventKey).Set(row, (long)hash);
        return hash;
    }

    /// <summary>
    /// Hex of a 128-bit hash over the natural key: each part's length (4 bytes, little-endian) and bytes, then the time in micros;
    /// hashed with seeds 0 and 1. Without a user the key is the whole record: every field that has a value.
    /// </summary>
    private void NaturalId(KindPlan plan, bool hasUser, long time, ulong payload, Span<byte> hex)
    {
        _keyLength = 0;
        if (hasUser)
        {
            foreach (int[] part in plan.NaturalKey) AddPart(FirstOf(part));
        }
        else
        {
            for (int i = 0; i < Record.Count; i++) AddPart(TextOf(Record.Slots[i], Record.Scratch));
            AddPart(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in payload)));
        }

        AddPart(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in time)));
        var bytes = _key.AsSpan(0, _keyLength);
        ulong high = StableHash.Hash64(bytes), low = StableHash.Hash64(bytes, NaturalKeySeed);
        Span<byte> hash = stackalloc byte[IdHexBytes / 2];
        BinaryPrimitives.WriteUInt64BigEndian(hash, high);
        BinaryPrimitives.WriteUInt64BigEndian(hash[sizeof(ulong)..], low);
        Convert.TryToHexStringLower(hash, hex, out _);
    }

    private ReadOnlySpan<byte> FirstOf(int[] slots)
    {
        foreach (int slot in slots)
            if (!IsNull(Record.Slots + slot, isId: false)) return TextOf(Record.Slots[slot], Record.Scratch);
        return default;
    }

    private void AddPart(ReadOnlySpan<byte> part)
    {
        int needed = _keyLength + sizeof(int) + part.Length;
        if (needed > _key.Length) Array.Resize(ref _key, needed * 2);
        BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(_keyLength), part.Length);
        part.CopyTo(_key.AsSpan(_keyLength + sizeof(int)));
        _keyLength = needed;
    }
}
