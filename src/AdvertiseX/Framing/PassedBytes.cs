namespace AdvertiseX.Framing;

/// <summary>Sees bytes that a framer passes over; they are valid during the call.</summary>
public delegate void PassedBytes(ReadOnlySpan<byte> bytes);
