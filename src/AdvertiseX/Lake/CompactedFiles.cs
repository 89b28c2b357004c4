using System.Globalization;
using System.Text.Json;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Remembers which files compaction took out of which version of a table, and which late rows are in files of their
/// dates since, so that vacuum can delete them early: their rows live on in other files. A note that was not written,
/// or is lost, costs nothing but the time that other files are kept.
/// </summary>
/// <param name="lake">The lake.</param>
internal sealed class CompactedFiles(DataLake lake)
{
    private const string Folder = $"{IngestLedger.TableName}/_maintenance/compacted/";

    /// <summary>Notes the files whose rows a commit brought to others.</summary>
    public async ValueTask AddAsync(
        LakeTable table,
        long version,
        DateTimeOffset time,
        IEnumerable<string> paths,
        CancellationToken cancellation
    )
    {
        var note = new Note(time.ToUnixTimeMilliseconds(), [.. paths]);
        try
        {
            await lake.Store.PutAsync(
                string.Create(CultureInfo.InvariantCulture, $"{Folder}{table.Name}/{version:D20}.json"),
                HashedFile.Of(JsonSerializer.SerializeToUtf8Bytes(note)),
                cancellation
            );
            FaultPoint.Reach("compaction: note written");
        }
        catch (IOException)
        {
            // The files then go with all others that left the table.
        }
    }

    /// <summary>The merges whose files are still there, by the keys of their notes.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<IReadOnlyList<CompactedCommit>> ReadAsync(CancellationToken cancellation)
    {
        var commits = new List<CompactedCommit>();
        await foreach (var found in lake.Store.ListAsync(Folder, null, cancellation))
            if (
                await lake.Store.ReadAsync(found.Key, cancellation) is { } content
                && Parse(found.Key, content) is { } of
            )
                commits.Add(of);
        return commits;
    }

    private static CompactedCommit? Parse(string key, byte[] content)
    {
        var parts = key[Folder.Length..].Split('/');
        // A damaged note tells nothing.
        return
            parts.Length == 2
            && long.TryParse(
                Path.GetFileNameWithoutExtension(parts[1]),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var version
            )
            && HashedFile.TryRead(content, out var json)
            && JsonSerializer.Deserialize<Note>(json.Span) is { } note
            ? new(key, parts[0], version, DateTimeOffset.FromUnixTimeMilliseconds(note.Millis), note.Paths)
            : null;
    }

    private sealed record Note(long Millis, IReadOnlyList<string> Paths);
}
