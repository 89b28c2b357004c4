using System.Buffers.Binary;
using System.Text;

namespace AdvertiseX.Parquet;

/// <summary>
/// A page of texts as it lies in the file, decompressed when one of them is asked for: long texts that are seldom
/// needed take a tenth of their memory. Decompressed pages stay until memory is short. Thread-safe.
/// </summary>
internal sealed class StoredTexts(byte[] stored, ParquetCodec codec, int plainBytes, int entries, int definition)
{
    private readonly WeakReference<PlainTexts?> _plain = new(null);

    /// <summary>Entries of the page, absent ones included.</summary>
    public int Entries => entries;

    /// <summary>The text of an entry, null for an absent one.</summary>
    /// <exception cref="ParquetLayoutException">The page is damaged.</exception>
    public string? TextAt(int entry)
    {
        if (!_plain.TryGetTarget(out var plain) || plain is null)
            _plain.SetTarget(plain = Unpack());
        return plain.Value[entry] is var value and >= 0 ? Encoding.UTF8.GetString(plain.Values.Text(value)) : null;
    }

    private PlainTexts Unpack()
    {
        using var scratch = new DecodeScratch();
        var body = PageDecompressor.Unpack(codec, stored, plainBytes, scratch);
        if (
            body.Length < sizeof(int)
            || BinaryPrimitives.ReadInt32LittleEndian(body) is var levels
                && (levels < 0 || levels > body.Length - sizeof(int))
        )
            throw new ParquetLayoutException("a page's levels are longer than the page");
        var value = new int[entries];
        RleHybrid.Read(body.Slice(sizeof(int), levels), RleHybrid.WidthOf(definition), value);
        var count = 0;
        foreach (ref var each in value.AsSpan())
            each = each == definition ? count++ : -1;
        var values = new PlainValues();
        values.Read(body[(sizeof(int) + levels)..], ParquetType.ByteArray, count);
        return new(value, values);
    }

    /// <summary>The page's texts, and which of them is each entry's; -1 for none.</summary>
    private sealed record PlainTexts(int[] Value, PlainValues Values);
}
