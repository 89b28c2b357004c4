using AdvertiseX.Decoding.Json;

namespace AdvertiseX.Framing.Json;

/// <summary>Tells the layout of JSON from its beginning.</summary>
internal static unsafe class JsonLayouts
{
    /// <summary>
    /// <c>[</c> opens an array. Where the first line is a whole object and nothing else, records are lines. A first
    /// line that is neither may be damaged: if the next line begins with a brace in its first column, which inside an
    /// object it cannot unless the line before asks for a value, records are lines too. All else that begins with a
    /// brace is objects; what does not is lines.
    /// </summary>
    /// <param name="sample">The beginning, as long as it may be; a record of more than the sample counts as whole
    /// lines.</param>
    public static JsonLayout Detect(ReadOnlySpan<byte> sample)
    {
        if (sample.StartsWith("\uFEFF"u8))
            sample = sample[3..];
        sample = sample.TrimStart(" \t\r\n"u8);
        if (sample.IsEmpty)
            return JsonLayout.Lines;
        if (sample[0] == '[')
            return JsonLayout.Objects;
        if (sample[0] != '{')
            return JsonLayout.Lines;
        var lineEnd = sample.IndexOf((byte)'\n');
        var line = (lineEnd < 0 ? sample : sample[..lineEnd]).TrimEnd(" \t\r"u8);
        var objectEnd = ObjectEnd(line);
        if (objectEnd == line.Length)
            return JsonLayout.Lines;
        if (lineEnd < 0)
            return objectEnd > 0 ? JsonLayout.Objects : JsonLayout.Lines;
        if (objectEnd > 0)
            return line[objectEnd..].TrimStart(" \t"u8)[0] is (byte)'{' or (byte)','
                ? JsonLayout.Objects
                : JsonLayout.Lines;
        var next = sample[(lineEnd + 1)..].TrimStart("\r\n"u8);
        return next.StartsWith("{"u8) && line[^1] is not ((byte)'{' or (byte)'[' or (byte)':' or (byte)',')
            ? JsonLayout.Lines
            : JsonLayout.Objects;
    }

    /// <summary>Where the object at the start of the line ends; 0 if it does not.</summary>
    private static int ObjectEnd(ReadOnlySpan<byte> line)
    {
        // A copy with readable bytes behind it, as the scanner wants.
        using var copy = Columns.NativePool.Rent(line.Length);
        line.CopyTo(copy.Span);
        var end = JsonValue.End(copy.Pointer, copy.Pointer + line.Length);
        return end == null ? 0 : (int)(end - copy.Pointer);
    }
}
