namespace AdvertiseX.Keys;

/// <summary>A key file is damaged or no key file. It is derived: whoever meets this makes it anew.</summary>
internal sealed class KeyFileException(string message) : Exception(message);
