using System.Globalization;
using System.IO.Hashing;

namespace AdvertiseX.Columns;

/// <summary>
/// XXH3 of 128 bits over the bytes of a file, fed piece by piece: how damage to a file of the lake is noticed. Tells
/// apart by accident, not by malice. For one thread at a time.
/// </summary>
internal sealed class FileHash
{
    private readonly XxHash128 _hash = new();

    /// <summary>The hash of the bytes so far, in 32 hex digits as <c>xxhsum -H128</c> prints it; more may
    /// follow.</summary>
    public string Text => TextOf(_hash.GetCurrentHashAsUInt128());

    /// <summary>The same of bytes that are all there.</summary>
    public static string TextOf(ReadOnlySpan<byte> bytes) => TextOf(StableHash.Hash128(bytes));

    /// <summary>Adds bytes, which are read before it returns.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.Append(bytes);

    private static string TextOf(UInt128 hash) => hash.ToString("x32", CultureInfo.InvariantCulture);
}
