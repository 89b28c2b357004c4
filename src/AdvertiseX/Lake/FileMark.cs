namespace AdvertiseX.Lake;

/// <summary>How a file that is a stream is known again: by its path and the hash of its content up to the committed position.</summary>
/// <param name="Path">Full path.</param>
/// <param name="ContentHash">Hash of the (decompressed) content up to the position, as <see cref="Lake.ContentHash.Text"/> spells it.</param>
/// <param name="ContentLength">Bytes hashed: the position.</param>
/// <param name="TailLength">
/// Bytes after the position that were judged as a last, unterminated record; 0 when the content ended with a terminated one.
/// </param>
/// <param name="TailHash">Hash of those bytes alone; null when there are none.</param>
/// <param name="TailOutcome">
/// What the tail's record counted as (accepted, duplicate, rejected, filtered) in the batch that judged it; null when there is none.
/// </param>
public sealed record FileMark(
    string Path, string ContentHash, long ContentLength, long TailLength = 0, string? TailHash = null, string? TailOutcome = null);
