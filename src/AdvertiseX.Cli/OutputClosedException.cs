namespace AdvertiseX.Cli;

/// <summary>The reader of standard output went away (<c>adx query … | head</c>): there is nobody left to do work
/// for.</summary>
internal sealed class OutputClosedException() : Exception("standard output was closed");
