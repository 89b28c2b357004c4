using System.Text;

namespace AdvertiseX.Tests.Generation;

/// <summary>A line of a text feed and where it lies.</summary>
internal sealed record FeedLine(string File, long Offset, string Text)
{
    public bool IsImpression => File.StartsWith("impressions/", StringComparison.Ordinal);

    /// <summary>All lines without headers, in the order of (file name, offset).</summary>
    public static List<FeedLine> ReadAll(string root)
    {
        var lines = new List<FeedLine>();
        foreach (var folder in (string[])["impressions", "clicks_conversions"])
        {
            foreach (var path in Directory.GetFiles(Path.Combine(root, folder)).Order(StringComparer.Ordinal))
                lines.AddRange(ReadFile($"{folder}/{Path.GetFileName(path)}", System.IO.File.ReadAllBytes(path)));
        }

        return lines;
    }

    private static IEnumerable<FeedLine> ReadFile(string name, byte[] bytes)
    {
        for (int start = 0, end; start < bytes.Length; start = end + 1)
        {
            end = Array.IndexOf(bytes, (byte)'\n', start);
            Assert.True(end >= 0, $"{name} ends without a line end.");
            if (start > 0 || name.StartsWith("impressions/", StringComparison.Ordinal))
                yield return new FeedLine(name, start, Encoding.UTF8.GetString(bytes, start, end - start));
        }
    }
}
