namespace AdvertiseX.Spool;

/// <summary>There is no room for more deliveries.</summary>
/// <param name="message">Which room, and the key that sets it.</param>
internal sealed class SpoolFullException(string message) : IOException(message);
