namespace AdvertiseX.Cli;

/// <summary>A file that is written under another name beside it and takes its place whole, or not at all.</summary>
internal sealed class ReplacedFile : IDisposable
{
    private readonly string _path;
    private bool _complete;

    /// <param name="path">Absolute path; its folder must be there.</param>
    /// <exception cref="IOException">The folder is not there, or the path is a folder.</exception>
    public ReplacedFile(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? throw new IOException($"{path} is a folder");
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"the folder {folder} of the output file is not there");
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder");
        _path = path;
        TemporaryPath = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.part");
    }

    public string TemporaryPath { get; }

    public FileStream Create() => new(TemporaryPath, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);

    /// <summary>Puts what was written in its place.</summary>
    public void Complete()
    {
#pragma warning disable RS0030 // Replacing is meant here, and rename(2) does that atomically; the ban is on moving if absent.
        File.Move(TemporaryPath, _path, overwrite: true);
#pragma warning restore RS0030
        _complete = true;
    }

    public void Dispose()
    {
        if (!_complete)
            File.Delete(TemporaryPath);
    }
}
