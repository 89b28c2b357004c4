namespace AdvertiseX.Tests;

/// <summary>The files in <c>vectors</c>, which other programs wrote (<c>vectors/README.md</c>).</summary>
internal static class Vectors
{
    /// <summary>Full path of a file or folder, given relative to <c>vectors</c>.</summary>
    public static string PathOf(string name) =>
        Path.Combine(Repository.Root, "tests", "AdvertiseX.Tests", "vectors", name);
}
