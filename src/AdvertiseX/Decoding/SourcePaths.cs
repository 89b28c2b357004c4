using AdvertiseX.Contracts;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding;

/// <summary>Finds the node of a key or header, also where it is a dotted path in one name
/// (<c>device.type</c>).</summary>
internal static class SourcePaths
{
    public static FieldNode? Find(FieldNode parent, ReadOnlySpan<byte> name)
    {
        if (parent.Find(name) is { } node)
            return node;
        var dot = name.IndexOf((byte)'.');
        if (dot <= 0)
            return null;
        return parent.Find(name[..dot]) is { } child ? Find(child, name[(dot + 1)..]) : null;
    }

    /// <summary>The dotted path of a field that no contract names, as it is spelled.</summary>
    public static int UnmappedName(RecordSlots record, FieldNode parent, ReadOnlySpan<byte> name)
    {
        if (parent.Path.Length == 0)
            return record.UnmappedName(name);
        var length = System.Text.Encoding.UTF8.GetByteCount(parent.Path) + 1 + name.Length;
        var path = length <= 512 ? stackalloc byte[length] : new byte[length];
        var at = System.Text.Encoding.UTF8.GetBytes(parent.Path, path);
        path[at++] = (byte)'.';
        name.CopyTo(path[at..]);
        return record.UnmappedName(path);
    }
}
