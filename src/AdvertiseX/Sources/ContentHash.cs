using System.IO.Hashing;

namespace AdvertiseX.Sources;

/// <summary>
/// XXH64, fed piece by piece, readable at any point: how a file is known again by its content. Not for secrets: it
/// tells apart by accident, not by malice. For one thread at a time.
/// </summary>
internal sealed class ContentHash
{
    private readonly XxHash64 _hash = new();

    /// <summary>Bytes hashed so far.</summary>
    public long Length { get; private set; }

    /// <summary>Hash of the bytes so far; more may follow.</summary>
    public ulong Value => _hash.GetCurrentHashAsUInt64();

    /// <summary>The value as the ledger spells it: <c>xxh64:</c> and 16 hex digits.</summary>
    public string Text => $"xxh64:{Value:x16}";

    /// <summary>Hash of some bytes as the ledger spells it.</summary>
    public static string TextOf(ReadOnlySpan<byte> bytes) => $"xxh64:{XxHash64.HashToUInt64(bytes):x16}";

    /// <summary>Adds bytes, which are read before it returns.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        _hash.Append(bytes);
    }
}
