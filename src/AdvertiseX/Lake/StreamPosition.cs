namespace AdvertiseX.Lake;

/// <summary>How far a stream has been processed.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="Next">First position not processed.</param>
/// <param name="Version">Ledger version that recorded it.</param>
/// <param name="File">For a file, how to know it again.</param>
internal sealed record StreamPosition(string Stream, long Next, long Version, FileMark? File);
