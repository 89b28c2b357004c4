using AdvertiseX.Compression;
using AdvertiseX.Contracts;
using AdvertiseX.Events;

namespace AdvertiseX.Sources;

/// <summary>
/// Finds the files that hold feeds among the paths a user names, and tells which feed each holds by its content. Order:
/// as named, and inside a folder by path, byte by byte. Thread-safe.
/// </summary>
/// <param name="contracts">One contract for each feed.</param>
/// <param name="feed">Feed of every file, or null to tell by content.</param>
public sealed class SourceCatalog(IReadOnlyList<CompiledContract> contracts, Feed? feed = null)
{
    /// <summary>Looks at every path; folders are walked, hidden files and Delta logs left out.</summary>
    /// <exception cref="SourceException">A path does not exist, or a file named directly is none of the
    /// feeds.</exception>
    public SourceList Find(IEnumerable<string> paths)
    {
        var list = new SourceList([]);
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
                Walk(path, list);
            else
                list.Add(LookNamed(path));
        }

        return list;
    }

    /// <summary>A file as a source of one contract, whatever its fields are called.</summary>
    /// <exception cref="SourceException">There is no such file, or it is neither JSON, CSV nor Avro.</exception>
    public static FileSource Identify(string path, CompiledContract contract)
    {
        RequireFile(path, "no such file");
        var (sample, compression) = SampleOf(path);
        if (sample.Format is not { } format)
            throw new SourceException($"{path}: {sample.Seen}; known are JSON, CSV and Avro, also compressed");
        return new FileSource(Path.GetFullPath(path), format, compression, contract, new FileInfo(path).Length);
    }

    private static void RequireFile(string path, string missing)
    {
        if (FileType.Fault(path) is { } fault)
            throw new SourceException($"{path}: {fault}");
        if (!File.Exists(path))
            throw new SourceException($"{path}: {missing}");
    }

    private FileSource LookNamed(string path)
    {
        RequireFile(path, "no such file or folder");
        try
        {
            var (source, refusal) = Look(Path.GetFullPath(path));
            return source ?? throw new SourceException($"{path}: {refusal}");
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw new SourceException($"{path}: cannot be read: {e.Message}");
        }
    }

    private static bool IsUnreadable(Exception e) =>
        e is IOException or InvalidDataException or UnauthorizedAccessException or MissingLibraryException;

    private void Walk(string folder, SourceList list)
    {
        var files = FolderWalk.Files(folder).Where(f => !IsHidden(folder, f)).Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            try
            {
                if ((FileType.Fault(file) ?? (File.Exists(file) ? null : "no such file")) is { } fault)
                {
                    list.Skip(new SkippedFile(file, fault));
                    continue;
                }

                var (source, refusal) = Look(file);
                if (source != null)
                    list.Add(source);
                else
                    list.Skip(new SkippedFile(file, refusal));
            }
            catch (Exception e) when (IsUnreadable(e))
            {
                list.Skip(new SkippedFile(file, $"cannot be read: {e.Message}"));
            }
        }
    }

    private static bool IsHidden(string folder, string file) =>
        Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part[0] is '.' or '_');

    // The file as a source, or null and why it is none.
    private (FileSource? Source, string Refusal) Look(string path)
    {
        var (sample, compression) = SampleOf(path);
        if (sample.Format is not { } format)
            return (null, $"not a feed: {sample.Seen}; known are JSON, CSV and Avro, also compressed");
        var candidates = feed is { } known
            ? [.. contracts.Where(c => c.Feed == known)]
            : FeedGuess.Candidates(sample.Fields, contracts);
        return candidates.Count switch
        {
            0 => (
                null,
                $"{sample.Seen} that is none of the feeds: it has {FeedGuess.Describe(sample.Fields)}; known are {FeedGuess.Known(contracts)}"
            ),
            1 => (new FileSource(path, format, compression, candidates[0], new FileInfo(path).Length), ""),
            _ => (
                null,
                $"could be {string.Join(" or ", candidates.Select(c => FeedNames.Of(c.Feed)))}; say which with --feed"
            ),
        };
    }

    private static (Sample Sample, CompressionFormat Compression) SampleOf(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length == 0)
            return (Sample.None("an empty file"), CompressionFormat.None);
        var head = new byte[Decompression.HeadBytes];
        var read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var compression = Decompression.Detect(head.AsSpan(0, read));
        file.Position = 0;
        // A file that breaks off is still told by what comes before the break; reading it reports the fault.
        using var content = new BrokenOffStream(Decompression.Open(file, compression));
        var bytes = SampleReader.Take(content);
        if (bytes.Length == 0 && content.Fault is { } fault)
            return (Sample.None($"a file that cannot be read: {fault.Message}"), compression);
        return (SampleReader.Look(bytes), compression);
    }
}
