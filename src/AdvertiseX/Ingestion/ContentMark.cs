namespace AdvertiseX.Ingestion;

/// <summary>The state of a stream's content after a block.</summary>
/// <param name="Hash">Hash of the content up to <paramref name="Position"/>.</param>
/// <param name="Position">Position after the last terminated record.</param>
/// <param name="TailHash">Hash of an unterminated last record that was judged, or null.</param>
/// <param name="TailLength">Its length, bytes.</param>
internal readonly record struct ContentMark(string Hash, long Position, string? TailHash, long TailLength = 0);
