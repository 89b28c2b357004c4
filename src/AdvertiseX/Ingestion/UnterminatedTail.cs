using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Resolves the unterminated last record of a file that was judged and has grown since, before the file is read on: a
/// record that only got its line end stays, and the position moves past it; any other is taken back, counts and rows,
/// and read again whole (<c>docs/decisions/030-unterminated-tail.md</c>). Either is one ledger commit, so a crash
/// leaves it done or not begun.
/// </summary>
internal sealed class UnterminatedTail(DataLake lake)
{
    // A longer record was too large to be accepted, and is simply judged again.
    private const int LongestKept = 64 << 20;

    /// <summary>Resolves the tail of a grown file; afterwards the file has to be recognised again.</summary>
    /// <exception cref="IOException">The lake could not be written.</exception>
    public async Task ResolveAsync(FileSource source, RecognizedFile file, CancellationToken cancellation)
    {
        var advance = LineEndedTail(source, file) is { } end ? PastIt(file, end) : TakenBack(file);
        var batch = new LedgerBatch([advance], [], lake.Ledger.Version) { Correction = new(LedgerCorrection.TailKind) };
        // Raced: another process resolved it, which the next look at the file shows.
        await lake.Ledger.CommitAsync(batch, cancellation: cancellation);
        await lake.ApplyAsync(CancellationToken.None);
    }

    private static StreamAdvance PastIt(RecognizedFile file, byte[] tail)
    {
        file.Prefix.Append(tail);
        var end = file.From + tail.Length;
        return new(file.Stream, file.From, end, [])
        {
            File = new FileMark(file.Known!.Path, file.Prefix.Text, end),
            Bytes = tail.Length,
        };
    }

    private static StreamAdvance TakenBack(RecognizedFile file)
    {
        var known = file.Known!;
        return new(file.Stream, file.From, file.From, [.. (known.TailCounts ?? []).Select(c => c.Negated())])
        {
            File = new FileMark(known.Path, known.ContentHash, known.ContentLength),
        };
    }

    /// <summary>
    /// The judged bytes with the line end that now follows them; null when something else follows, or when they were
    /// rejected: an open quote goes on after a line end.
    /// </summary>
    private static byte[]? LineEndedTail(FileSource source, RecognizedFile file)
    {
        var known = file.Known!;
        if (known.TailLength > LongestKept || known.TailCounts is not { } counts || counts.Any(c => c.Rejected > 0))
            return null;
        var length = (int)known.TailLength;
        var bytes = new byte[length + 2];
        using var content = SourceContent.OpenContent(source);
        SourceContent.Skip(content, file.From);
        var read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read <= length || ContentHash.TextOf(bytes.AsSpan(0, length)) != known.TailHash)
            return null;
        if (bytes[length] == '\n')
            return bytes[..(length + 1)];
        return read > length + 1 && bytes[length] == '\r' && bytes[length + 1] == '\n' ? bytes : null;
    }
}
