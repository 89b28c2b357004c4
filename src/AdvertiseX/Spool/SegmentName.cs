using System.Globalization;
using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>Names of a segment: of its file, of the file of its keys, of its stream in the ledger.</summary>
/// <param name="CreatedMicros">When it was begun, microseconds since 1970: names in order are segments in
/// order.</param>
/// <param name="Feed">The feed of all its deliveries.</param>
/// <param name="Id">Random: a spool that is lost or restored never takes up a stream that the ledger knows.</param>
internal readonly record struct SegmentName(long CreatedMicros, Feed Feed, Guid Id)
{
    private const string SegmentSuffix = ".segment";
    private const string KeysSuffix = ".keys";
    private const int Parts = 3;

    /// <summary>The file of its frames.</summary>
    public string File => Stem + SegmentSuffix;

    /// <summary>The file of its keys, once the frames are gone.</summary>
    public string KeysFile => Stem + KeysSuffix;

    /// <summary>Its stream in the ledger.</summary>
    public string Stream => $"spool/{FeedNames.Of(Feed)}/{Id:N}";

    private string Stem =>
        string.Create(CultureInfo.InvariantCulture, $"{CreatedMicros:D17}-{FeedNames.Of(Feed)}-{Id:N}");

    /// <summary>Reads the name of either file; null for any other file.</summary>
    public static SegmentName? Parse(string file)
    {
        var stem =
            file.EndsWith(SegmentSuffix, StringComparison.Ordinal) ? file[..^SegmentSuffix.Length]
            : file.EndsWith(KeysSuffix, StringComparison.Ordinal) ? file[..^KeysSuffix.Length]
            : "";
        var parts = stem.Split('-');
        if (
            parts.Length != Parts
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var created)
            || !Guid.TryParseExact(parts[2], "N", out var id)
        )
            return null;
        foreach (var feed in Enum.GetValues<Feed>())
            if (FeedNames.Of(feed) == parts[1])
                return new(created, feed, id);
        return null;
    }

    /// <summary>The feed of a stream of a spool.</summary>
    public static Feed FeedOf(string stream) =>
        FeedNames.TryParse(stream.Split('/')[1], out var feed)
            ? feed
            : throw new ArgumentException($"{stream} is no stream of a spool", nameof(stream));

    public static bool IsKeysFile(string file) => file.EndsWith(KeysSuffix, StringComparison.Ordinal);
}
