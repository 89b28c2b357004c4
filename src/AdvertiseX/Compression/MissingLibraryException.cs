namespace AdvertiseX.Compression;

/// <summary>A native library that a compressed input needs is not on this machine. The message names it, says which
/// package brings it, and is fit to be shown as it is.</summary>
internal sealed class MissingLibraryException(string library, string packages)
    : Exception($"The native library '{library}' is needed and was not found. Install {packages}.")
{
    /// <summary>The library's name, e.g. <c>libzstd</c>.</summary>
    public string Library { get; } = library;
}
