namespace AdvertiseX.Tests;

/// <summary>The working tree that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its folder, found upwards from where the tests run.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "AdvertiseX.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("the tests run outside of their repository");
    }
}
