namespace AdvertiseX.Tests.Cli;

/// <summary>A folder of a test's own, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-test-");

    public string Path => _folder.FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
