namespace AdvertiseX.Lake.Storage;

/// <summary>An object is a symbolic link, which is not followed.</summary>
internal sealed class LinkedObjectException(string message) : IOException(message);
