namespace AdvertiseX.Sources;

/// <summary>The state of a stream after a block.</summary>
/// <param name="Position">Position after the last terminated record.</param>
/// <param name="Hash">Hash of the content up to <paramref name="Position"/>; null for streams that are not known again
/// by their content.</param>
/// <param name="TailHash">Hash of an unterminated last record that was judged, or null.</param>
/// <param name="TailLength">Its length, bytes.</param>
internal readonly record struct ContentMark(long Position, string? Hash, string? TailHash = null, long TailLength = 0);
