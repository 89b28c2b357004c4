using System.Text.Json.Serialization;

namespace AdvertiseX.Lake;

/// <summary>How a file that is a stream is known again: by its path and the hash of its content up to the committed
/// position.</summary>
/// <param name="Path">Full path.</param>
/// <param name="ContentHash">Hash of the (decompressed) content up to the position, <c>xxh64:</c> and 16 hex
/// digits.</param>
/// <param name="ContentLength">Bytes hashed: the position.</param>
/// <param name="TailLength">
/// Bytes after the position that were judged as a last, unterminated record; 0 when the content ended with a terminated
/// one.
/// </param>
/// <param name="TailHash">Hash of those bytes alone; null when there are none.</param>
/// <param name="TailCounts">
/// What that record counted as in the batch that judged it, to be taken back when it turns out to go on; null when
/// there is none.
/// </param>
internal sealed record FileMark(
    string Path,
    string ContentHash,
    long ContentLength,
    long TailLength = 0,
    string? TailHash = null,
    IReadOnlyList<LedgerCounts>? TailCounts = null
)
{
    /// <summary>Whether a record without an end was judged after the position.</summary>
    [JsonIgnore]
    public bool HasTail => TailLength > 0;
}
