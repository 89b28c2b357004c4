using System.Text;
using System.Text.Unicode;

namespace AdvertiseX.Parquet;

/// <summary>A bound of texts in the order of their unsigned bytes, short enough to stand in metadata.</summary>
/// <param name="Bytes">UTF-8, or any bytes in a binary column.</param>
/// <param name="IsExact">Whether it is a value of the column, not cut off.</param>
internal sealed record TextBound(byte[] Bytes, bool IsExact) : IComparable<TextBound>
{
    /// <summary>Bytes kept of a value in statistics.</summary>
    public const int MaxBytes = 48;

    /// <summary>A bound not above the value.</summary>
    public static TextBound Lower(ReadOnlySpan<byte> value, int maxBytes = MaxBytes) =>
        value.Length <= maxBytes ? new(value.ToArray(), true) : new(value[..CutAt(value, maxBytes)].ToArray(), false);

    /// <summary>A bound not below the value: a longer one is cut and its last character that can be is raised; null if
    /// none can.</summary>
    public static TextBound? Upper(ReadOnlySpan<byte> value, int maxBytes = MaxBytes)
    {
        if (value.Length <= maxBytes)
            return new(value.ToArray(), true);
        var kept = value[..CutAt(value, maxBytes)];
        while (kept.Length > 0)
        {
            if (Rune.DecodeLastFromUtf8(kept, out var last, out var length) != System.Buffers.OperationStatus.Done)
                return null;
            kept = kept[..^length];
            if (last.Value == 0x10FFFF)
                continue;
            var raised = new Rune(last.Value == 0xD7FF ? 0xE000 : last.Value + 1);
            var bytes = new byte[kept.Length + raised.Utf8SequenceLength];
            kept.CopyTo(bytes);
            raised.EncodeToUtf8(bytes.AsSpan(kept.Length));
            return new(bytes, false);
        }

        return null;
    }

    /// <summary>The text; null where the bytes are no UTF-8.</summary>
    public string? ToText() => Utf8.IsValid(Bytes) ? Encoding.UTF8.GetString(Bytes) : null;

    public int CompareTo(TextBound? other) => other is null ? 1 : Bytes.AsSpan().SequenceCompareTo(other.Bytes);

    /// <summary>Where to cut so that no character is split.</summary>
    private static int CutAt(ReadOnlySpan<byte> value, int maxBytes)
    {
        var at = maxBytes;
        while (at > maxBytes - 4 && (value[at] & 0xC0) == 0x80)
            at--;
        return at;
    }
}
