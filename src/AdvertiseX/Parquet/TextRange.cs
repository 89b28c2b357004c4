using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace AdvertiseX.Parquet;

/// <summary>
/// Smallest and largest of texts met so far, by unsigned bytes. Holds pointers: the texts must stay where they are,
/// with 8 bytes readable from the start of each. Most texts are told by their first 8 bytes.
/// </summary>
internal unsafe struct TextRange
{
    private byte* _min;
    private byte* _max;
    private int _minLength;
    private int _maxLength;
    private ulong _minPrefix;
    private ulong _maxPrefix;

    /// <summary>Takes a text of at least 1 byte into account.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(byte* text, int length)
    {
        var prefix = Prefix(text, length);
        if (_min == null || prefix <= _minPrefix || prefix >= _maxPrefix)
            Widen(text, length, prefix);
    }

    public readonly ValueBounds ToBounds() =>
        _min == null
            ? default
            : ValueBounds.Of(
                TextBound.Lower(new ReadOnlySpan<byte>(_min, _minLength)),
                TextBound.Upper(new ReadOnlySpan<byte>(_max, _maxLength))
            );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Prefix(byte* text, int length)
    {
        var first = Unsafe.ReadUnaligned<ulong>(text);
        if (BitConverter.IsLittleEndian)
            first = BinaryPrimitives.ReverseEndianness(first);
        return length >= 8 ? first : first & ~(ulong.MaxValue >> (8 * length));
    }

    private static int Compare(byte* a, int aLength, byte* b, int bLength) =>
        new ReadOnlySpan<byte>(a, aLength).SequenceCompareTo(new ReadOnlySpan<byte>(b, bLength));

    private void Widen(byte* text, int length, ulong prefix)
    {
        if (
            _min == null
            || prefix < _minPrefix
            || (prefix == _minPrefix && Compare(text, length, _min, _minLength) < 0)
        )
        {
            _min = text;
            _minLength = length;
            _minPrefix = prefix;
        }

        if (
            _max == null
            || prefix > _maxPrefix
            || (prefix == _maxPrefix && Compare(text, length, _max, _maxLength) > 0)
        )
        {
            _max = text;
            _maxLength = length;
            _maxPrefix = prefix;
        }
    }
}
