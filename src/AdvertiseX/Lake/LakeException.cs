namespace AdvertiseX.Lake;

/// <summary>The lake cannot be used as asked: it is not there, or lacks a table. The text is for its user.</summary>
public sealed class LakeException(string message) : Exception(message);
