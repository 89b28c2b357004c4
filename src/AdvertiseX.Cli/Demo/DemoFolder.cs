namespace AdvertiseX.Cli.Demo;

/// <summary>The folder of a demo. A mark tells one that may be cleared from a folder that holds something
/// else.</summary>
internal sealed class DemoFolder(string path)
{
    private const string Mark = ".adx-demo";

    public string Feeds => Path.Combine(path, "feeds");

    public string Truth => Path.Combine(Feeds, "truth");

    public string Reference => Path.Combine(Feeds, "reference");

    public string Lake => Path.Combine(path, "lake");

    /// <summary>The folders that hold the three feeds.</summary>
    public IReadOnlyList<string> FeedFolders =>
        [
            Path.Combine(Feeds, "impressions"),
            Path.Combine(Feeds, "clicks_conversions"),
            Path.Combine(Feeds, "bid_requests"),
        ];

    /// <summary>Makes the folder, without what an earlier demo left.</summary>
    /// <returns>Whether an earlier demo was there.</returns>
    /// <exception cref="IOException">The folder holds something that no demo made.</exception>
    public bool Prepare()
    {
        var earlier = File.Exists(Path.Combine(path, Mark));
        if (!earlier && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new IOException($"{path} is not empty and no demo made it; name another folder with --dir");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, Mark), "adx demo made this folder and may clear feeds/ and lake/.\n");
        foreach (var made in new[] { Feeds, Lake })
            if (Directory.Exists(made))
                Directory.Delete(made, recursive: true);
        return earlier;
    }
}
