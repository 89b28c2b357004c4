namespace AdvertiseX.Cli;

/// <summary>Hands reports on, on the thread that makes them; <see cref="Progress{T}"/> would take a thread-pool thread
/// for each.</summary>
internal sealed class ProgressReports<T>(Action<T> take) : IProgress<T>
{
    public void Report(T value) => take(value);
}
