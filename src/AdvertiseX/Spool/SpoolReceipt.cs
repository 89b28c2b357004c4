namespace AdvertiseX.Spool;

/// <summary>Says where a delivery is kept.</summary>
/// <param name="Stream">Name of the stream in the ledger.</param>
/// <param name="Position">Position of all its events in the stream.</param>
/// <param name="IsRepeat">True if it was kept before, under the same key: nothing was added.</param>
internal readonly record struct SpoolReceipt(string Stream, long Position, bool IsRepeat = false);
