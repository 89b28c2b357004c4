namespace AdvertiseX.Spool;

/// <summary>Nothing can be kept at the moment; the sender is to come again.</summary>
/// <param name="message">Why.</param>
/// <param name="retryAfter">When it may be better.</param>
/// <param name="cause">The failure, if it was one.</param>
internal sealed class SpoolUnavailableException(string message, TimeSpan retryAfter, Exception? cause = null)
    : IOException(message, cause)
{
    /// <summary>When it may be better.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
