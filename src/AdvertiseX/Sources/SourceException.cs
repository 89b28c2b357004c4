namespace AdvertiseX.Sources;

/// <summary>A path named by the user that cannot be taken; the message says what was seen and what is known.</summary>
public sealed class SourceException(string message) : Exception(message);
