using AdvertiseX.Decoding.Json;

namespace AdvertiseX.Framing.Json;

/// <summary>
/// Where reading goes on after damage. If the stream's first two objects begin their own lines with the same indent: at
/// the next opening brace that begins its line with that indent. Else at the next opening brace that
/// <list type="number">
/// <item>no colon precedes (a nested object has one),</item>
/// <item>starts an object that parses and is no longer than the limit,</item>
/// <item>which a comma, a square bracket, another object or the end follows.</item>
/// </list>
/// So in a stream without lines an object inside a nested array of the damaged record may be taken for a record; it
/// then fails its required fields.
/// </summary>
internal sealed unsafe class NextObject
{
    /// <summary>Bytes past the limit of a record that are needed to judge what follows it.</summary>
    public const int Lookahead = 4096;

    /// <summary>Bytes before a brace that are looked at.</summary>
    public const int LookBehind = 4096;

    private readonly int _maxRecordBytes;
    private readonly int _indent;

    /// <param name="sample">The stream's beginning, which shows how its objects are laid out; readable for 64 bytes
    /// past its end.</param>
    public NextObject(byte* sample, int length, int maxRecordBytes)
    {
        _maxRecordBytes = maxRecordBytes;
        _indent = IndentOf(sample, length);
    }

    /// <summary>
    /// The place of the next object at or after <paramref name="from"/>, or <paramref name="present"/> if the stream
    /// has none. Undecided if more bytes are needed; the result is then how far the search came.
    /// </summary>
    /// <param name="stretch">Where the damaged stretch begins, or the first byte of it that is still there.</param>
    public int Find(byte* bytes, int stretch, int from, int present, bool ended, out bool undecided)
    {
        undecided = false;
        for (var at = from; ; at++)
        {
            var brace = new ReadOnlySpan<byte>(bytes + at, present - at).IndexOf((byte)'{');
            at = brace < 0 ? present : at + brace;
            if (brace < 0 && ended)
                return present;
            if (!ended && at + (long)_maxRecordBytes + Lookahead > present)
            {
                undecided = true;
                return at;
            }

            if (IsRecord(bytes, stretch, at, present))
                return at;
        }
    }

    private bool IsRecord(byte* bytes, int stretch, int at, int present)
    {
        if (_indent >= 0)
            return IndentAt(bytes, stretch, at) == _indent;
        if (Before(bytes, stretch, at) == ':')
            return false;
        var start = bytes + at;
        var end = JsonValue.End(start, start + Math.Min(present - at, _maxRecordBytes));
        if (end == null)
            return false;
        var after = JsonText.SkipWhite(end, bytes + present);
        return after >= bytes + present || *after is (byte)',' or (byte)'[' or (byte)']' or (byte)'{';
    }

    private static byte Before(byte* bytes, int stretch, int at)
    {
        var first = Math.Max(stretch, at - LookBehind);
        while (at-- > first)
            if (bytes[at] is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                return bytes[at];
        return 0;
    }

    /// <summary>Spaces and tabs between the line's start and the brace, or −1 if anything else is there.</summary>
    private static int IndentAt(byte* bytes, int stretch, int at)
    {
        var first = Math.Max(stretch, at - LookBehind);
        for (var p = at - 1; p >= first; p--)
        {
            if (bytes[p] == '\n')
                return at - 1 - p;
            if (bytes[p] is not ((byte)' ' or (byte)'\t'))
                return -1;
        }

        return -1;
    }

    /// <summary>The indent that the first two objects share, or −1.</summary>
    private static int IndentOf(byte* sample, int length)
    {
        var first = new ReadOnlySpan<byte>(sample, length).IndexOf((byte)'{');
        if (first < 0)
            return -1;
        var end = JsonValue.End(sample + first, sample + length);
        if (end == null)
            return -1;
        var second = (int)(end - sample);
        var brace = new ReadOnlySpan<byte>(end, length - second).IndexOf((byte)'{');
        if (brace < 0)
            return -1;
        var indent = IndentAt(sample, second, second + brace);
        var firstIndent = IndentAt(sample, 0, first);
        // The first object of a stream of objects has no line before it.
        return firstIndent == indent || (firstIndent < 0 && indent == first) ? indent : -1;
    }
}
