using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Lake;

/// <summary>Small files that begin with a line that holds the hash of the rest: a wrong digit in them would hide or
/// repeat rows.</summary>
internal static class HashedFile
{
    /// <summary>The bytes of such a file.</summary>
    public static byte[] Of(ReadOnlySpan<byte> content) =>
        [.. Encoding.ASCII.GetBytes(FileHash.TextOf(content) + "\n"), .. content];

    /// <summary>Reads what stands after the first line; false for a file that is damaged.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> file, out ReadOnlyMemory<byte> content)
    {
        var end = file.Span.IndexOf((byte)'\n');
        content = file[(end + 1)..];
        return end >= 0 && file.Span[..end].SequenceEqual(Encoding.ASCII.GetBytes(FileHash.TextOf(content.Span)));
    }
}
