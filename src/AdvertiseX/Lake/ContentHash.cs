using System.Buffers.Binary;
using System.Numerics;

namespace AdvertiseX.Lake;

/// <summary>
/// XXH64 (Yann Collet, XXH64 specification 0.1.1), fed piece by piece, readable at any point: how a file is known again by its
/// content. Not for secrets: it tells apart by accident, not by malice. For one thread at a time.
/// </summary>
public sealed class ContentHash
{
    private const ulong P1 = 11400714785074694791, P2 = 14029467366897019727, P3 = 1609587929392839161;
    private const ulong P4 = 9650029242287828579, P5 = 2870177450012600261;
    private const int Stripe = 32;

    private readonly byte[] _pending = new byte[Stripe];
    private int _pendingLength;
    private ulong _a = unchecked(P1 + P2), _b = P2, _c, _d = unchecked(0 - P1);

    /// <summary>Bytes hashed so far.</summary>
    public long Length { get; private set; }

    /// <summary>Hash of the bytes so far; more may follow.</summary>
    public ulong Value
    {
        get
        {
            var hash = Length >= Stripe ? Merged() : P5;
            hash += (ulong)Length;
            var rest = _pending.AsSpan(0, _pendingLength);
            for (; rest.Length >= 8; rest = rest[8..])
                hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest)), 27) * P1 + P4;
            if (rest.Length >= 4)
            {
                hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(rest) * P1, 23) * P2 + P3;
                rest = rest[4..];
            }
            foreach (var octet in rest) hash = BitOperations.RotateLeft(hash ^ octet * P5, 11) * P1;
            hash = (hash ^ (hash >> 33)) * P2;
            hash = (hash ^ (hash >> 29)) * P3;
            return hash ^ (hash >> 32);
        }
    }

    /// <summary>Hash of some bytes as the ledger spells it.</summary>
    public static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var hash = new ContentHash();
        hash.Append(bytes);
        return hash.Text;
    }

    /// <summary>The value as the ledger spells it: <c>xxh64:</c> and 16 hex digits.</summary>
    public string Text => $"xxh64:{Value:x16}";

    /// <summary>Adds bytes, which are read before it returns.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (_pendingLength > 0)
        {
            var taken = Math.Min(Stripe - _pendingLength, bytes.Length);
            bytes[..taken].CopyTo(_pending.AsSpan(_pendingLength));
            _pendingLength += taken;
            bytes = bytes[taken..];
            if (_pendingLength < Stripe) return;
            Consume(_pending);
        }
        var whole = bytes.Length & ~(Stripe - 1);
        Consume(bytes[..whole]);
        bytes[whole..].CopyTo(_pending);
        _pendingLength = bytes.Length - whole;
    }

    private void Consume(ReadOnlySpan<byte> stripes)
    {
        ulong a = _a, b = _b, c = _c, d = _d;
        for (; stripes.Length >= Stripe; stripes = stripes[Stripe..])
        {
            a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(stripes));
            b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(stripes[8..]));
            c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(stripes[16..]));
            d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(stripes[24..]));
        }
        (_a, _b, _c, _d) = (a, b, c, d);
    }

    private ulong Merged()
    {
        var hash = BitOperations.RotateLeft(_a, 1) + BitOperations.RotateLeft(_b, 7)
            + BitOperations.RotateLeft(_c, 12) + BitOperations.RotateLeft(_d, 18);
        hash = (hash ^ Round(0, _a)) * P1 + P4;
        hash = (hash ^ Round(0, _b)) * P1 + P4;
        hash = (hash ^ Round(0, _c)) * P1 + P4;
        return (hash ^ Round(0, _d)) * P1 + P4;
    }

    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + input * P2, 31) * P1;
}
