namespace AdvertiseX.Lake;

/// <summary>Which new file takes rows from an instant on, until the next slice begins.</summary>
/// <param name="From">First <c>event_time</c>, microseconds since 1970.</param>
/// <param name="File">Index of the new file; several slices may go into one.</param>
internal readonly record struct MergeSlice(long From, int File);
