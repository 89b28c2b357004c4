using System.Buffers;
using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>Knows files again by path and content (<c>docs/decisions/013-file-identity.md</c>).</summary>
internal static class FileRecognition
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Compares a file with what the ledger, as read last, knows of its path.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="path">The file; made a full path.</param>
    /// <param name="openContent">Opens the content from its start, decompressed where the file is compressed; called at
    /// most once, and closed here.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async ValueTask<RecognizedFile> RecognizeAsync(
        IngestLedger ledger,
        string path,
        Func<Stream> openContent,
        CancellationToken cancellation = default
    )
    {
        path = Path.GetFullPath(path);
        var (known, freeName) = LastStreamOf(ledger, path);
        if (known?.File is not { } mark)
            return new(FileChange.New, freeName, 0, new(), null);

        var prefix = new ContentHash();
        using var content = openContent();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            if (
                !await HashAsync(content, prefix, mark.ContentLength, buffer, cancellation)
                || prefix.Text != mark.ContentHash
            )
                return new(FileChange.Replaced, freeName, 0, new(), null);
            var change = await RestIsKnownAsync(content, mark, buffer, cancellation)
                ? FileChange.Unchanged
                : FileChange.Grown;
            return new(change, known.Stream, mark.ContentLength, prefix, mark);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The stream that read this path last, and the name that the next one would get.</summary>
    private static (StreamPosition? Known, string FreeName) LastStreamOf(IngestLedger ledger, string path)
    {
        StreamPosition? last = null;
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? path : $"{path}#{number}";
            if (ledger.Find(name) is not { } there)
                return (last, name);
            // A file may really be called "log#2"; its stream is not one of "log".
            if (there.File?.Path == path)
                last = there;
        }
    }

    private static async ValueTask<bool> HashAsync(
        Stream content,
        ContentHash hash,
        long length,
        byte[] buffer,
        CancellationToken cancellation
    )
    {
        while (hash.Length < length)
        {
            var read = await content.ReadAsync(
                buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - hash.Length)),
                cancellation
            );
            if (read == 0)
                return false;
            hash.Append(buffer.AsSpan(0, read));
        }
        return true;
    }

    /// <summary>Whether nothing follows the position, or just the tail that was judged.</summary>
    private static async ValueTask<bool> RestIsKnownAsync(
        Stream content,
        FileMark mark,
        byte[] buffer,
        CancellationToken cancellation
    )
    {
        try
        {
            var tail = new ContentHash();
            var whole = await HashAsync(content, tail, mark.TailLength, buffer, cancellation);
            if (!whole)
                return tail.Length == 0;
            if (await content.ReadAsync(buffer.AsMemory(0, 1), cancellation) > 0)
                return false;
            return !mark.HasTail || tail.Text == mark.TailHash;
        }
        catch (InvalidDataException)
        {
            // Damaged after what was read: whoever reads on finds out how far it can be read.
            return false;
        }
    }
}
