namespace AdvertiseX.Events;

/// <summary>Where one record lies in its block.</summary>
/// <param name="Start">Offset in the block, bytes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Damaged">The framer could not make a record of these bytes; they are one reject.</param>
internal readonly record struct RecordSpan(int Start, int Length, bool Damaged = false);
