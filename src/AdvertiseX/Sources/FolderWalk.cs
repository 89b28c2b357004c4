namespace AdvertiseX.Sources;

/// <summary>The files of a folder and of those below it, links to folders followed.</summary>
internal static class FolderWalk
{
    /// <summary>Full paths, in no order. A link back to a folder that it lies in is not followed: its files are
    /// there already. Folders whose names begin with <c>.</c> or <c>_</c> are left out.</summary>
    public static IEnumerable<string> Files(string folder)
    {
        var path = Path.GetFullPath(folder);
        return Files(path, [RealPath(path, path)]);
    }

    private static IEnumerable<string> Files(string folder, List<string> around)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
            yield return file;
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            if (Path.GetFileName(inner)[0] is '.' or '_')
                continue;
            var real = RealPath(inner, Path.Combine(around[^1], Path.GetFileName(inner)));
            if (around.Contains(real))
                continue;
            around.Add(real);
            foreach (var file in Files(inner, around))
                yield return file;
            around.RemoveAt(around.Count - 1);
        }
    }

    private static string RealPath(string folder, string otherwise) =>
        new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true) is { } target
            ? Path.TrimEndingDirectorySeparator(target.FullName)
            : Path.TrimEndingDirectorySeparator(otherwise);
}
