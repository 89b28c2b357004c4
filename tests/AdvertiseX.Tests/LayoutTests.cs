namespace AdvertiseX.Tests;

/// <summary>What the formatter leaves alone: comments keep to the same width as code.</summary>
public sealed class LayoutTests
{
    private const int Width = 120;

    [Fact]
    public void Comments_keep_to_the_width()
    {
        string[] rooms = ["src", "tests", "bench", "samples"];
        var files = rooms
            .SelectMany(room =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, room), "*.cs", SearchOption.AllDirectories)
            )
            .ToList();
        var wide = files.SelectMany(file =>
            File.ReadLines(file)
                .Select((line, at) => (Text: line.TrimStart(), line.Length, Place: $"{file}:{at + 1}"))
                .Where(line => line.Length > Width && line.Text.StartsWith("//", StringComparison.Ordinal))
                .Select(line => line.Place)
        );
        Assert.True(files.Count > 500);
        Assert.Empty(wide);
    }
}
