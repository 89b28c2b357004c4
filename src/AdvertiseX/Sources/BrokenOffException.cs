namespace AdvertiseX.Sources;

/// <summary>A source could not be read to its end: damaged compression, a failing disk. What came before was
/// given.</summary>
internal sealed class BrokenOffException(string message, Exception? inner = null) : Exception(message, inner);
