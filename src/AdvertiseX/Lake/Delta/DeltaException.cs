namespace AdvertiseX.Lake.Delta;

/// <summary>A table's log is not what the Delta protocol says, or needs what is not known here. Trying again does not
/// help.</summary>
public sealed class DeltaException : Exception
{
    public DeltaException(string message, Exception? cause = null)
        : base(message, cause) { }
}
