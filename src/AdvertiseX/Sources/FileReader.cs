using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Framing;

namespace AdvertiseX.Sources;

/// <summary>
/// Reads a file from a position: cuts it into blocks and hashes its content on the way. An unterminated last record
/// becomes a block of its own, so that it is judged and counted by itself. Not thread-safe.
/// </summary>
internal sealed class FileReader : ISourceReader
{
    private readonly BrokenOffStream _content;
    private readonly IFramer _framer;
    private readonly SkippedContent _skipped;
    private readonly ContentHash? _hash;
    private Block? _tail;

    /// <exception cref="BrokenOffException">The file cannot be opened.</exception>
    public FileReader(FileSource source, StreamStart start, FramerOptions options)
    {
        NamedDate = FileDate.Of(source.Path);
        _hash = start.Content;
        _skipped = new SkippedContent(source);
        try
        {
            _content = new BrokenOffStream(SourceContent.OpenContent(source));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BrokenOffException($"cannot be opened: {e.Message}", e);
        }

        _framer = SourceContent.Frame(source, _content, options with { StartAt = start.From });
    }

    public DateOnly? NamedDate { get; }

    public ReadOnlyMemory<byte> HeaderForReplay => _framer.HeaderForReplay;

    public CutBlock? Next(CancellationToken stop)
    {
        if (TakeTail() is { } tail)
            return Marked(tail);
        if (stop.IsCancellationRequested)
            return null;
        if (_framer.Next() is { } block)
        {
            (var before, _tail) = block.PartTail();
            // Where content broke off nobody knows how its last record goes on.
            if (_content.Fault != null)
                TakeTail()?.Dispose();
            if ((before ?? TakeTail()) is { } next)
                return Marked(next);
        }

        return _content.Fault is { } fault ? throw new BrokenOffException(fault.Message, fault) : null;
    }

    public void SkipTo(long position)
    {
        if (_tail?.From == position)
            return;
        TakeTail()?.Dispose();
        _framer.SkipTo(position);
    }

    public IRecordDecoder CreateDecoder(CompiledContract contract) => _framer.CreateDecoder(contract);

    public void Dispose()
    {
        _tail?.Dispose();
        _framer.Dispose();
        _content.Dispose();
        _skipped.Dispose();
    }

    private Block? TakeTail()
    {
        var tail = _tail;
        _tail = null;
        return tail;
    }

    private CutBlock Marked(Block block) => new(block, Mark(block));

    // Positions end after the last terminated record; what follows is judged, and hashed on its own.
    private ContentMark Mark(Block block)
    {
        var isTail = block.UnterminatedFrom != null;
        if (_hash == null)
            return new ContentMark(isTail ? block.From : block.Next, null);
        var hash = isTail ? new ContentHash() : _hash;
        hash.Append(block.Span);
        _skipped.AppendTo(hash, block.From + block.Length, block.SkippedBytes);
        return isTail
            ? new ContentMark(block.From, _hash.Text, hash.Text, block.Next - block.From)
            : new ContentMark(block.Next, _hash.Text);
    }
}
