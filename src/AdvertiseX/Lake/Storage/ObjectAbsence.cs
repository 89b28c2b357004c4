namespace AdvertiseX.Lake.Storage;

/// <summary>Tells that an object is not there from other failures of a store.</summary>
internal static class ObjectAbsence
{
    /// <summary>Whether a failure says that an object, or the folder that it would lie in, is not there.</summary>
    public static bool IsCauseOf(Exception failure) => failure is FileNotFoundException or DirectoryNotFoundException;
}
