namespace AdvertiseX.Lake;

/// <summary>A file that is merged with others.</summary>
/// <param name="Key">Its key in the store.</param>
/// <param name="Hash">Hash of its bytes, as the log says; null for files that have none.</param>
/// <param name="Rows">Its rows, as the log says; null if the log does not.</param>
internal readonly record struct MergeInput(string Key, string? Hash, long? Rows);
