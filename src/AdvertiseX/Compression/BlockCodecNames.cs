namespace AdvertiseX.Compression;

/// <summary>The names under which <c>avro.codec</c> gives a codec.</summary>
internal static class BlockCodecNames
{
    /// <summary>All names, in the order of <see cref="BlockCodec"/>.</summary>
    public static IReadOnlyList<string> All { get; } = ["null", "deflate", "snappy", "zstandard", "bzip2", "xz"];

    /// <summary>False for a name that is no codec of the specification; an empty name is <c>null</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out BlockCodec codec)
    {
        codec = BlockCodec.Null;
        if (name.IsEmpty)
            return true;
        for (var i = 0; i < All.Count; i++)
        {
            if (System.Text.Ascii.Equals(name, All[i]))
            {
                codec = (BlockCodec)i;
                return true;
            }
        }

        return false;
    }
}
