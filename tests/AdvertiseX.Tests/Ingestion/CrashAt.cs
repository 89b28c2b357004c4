using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Breaks the flow that made it off at a named step of a commit, as a crash would: nothing after it
/// happens.</summary>
internal sealed class CrashAt : IDisposable
{
    private static readonly AsyncLocal<CrashAt?> Current = new();
    private readonly string? _step;
    private readonly Action _does = () => throw new Crash();
    private int _left;

    static CrashAt() => FaultPoint.Reached = reached => Current.Value?.Meet(reached);

    /// <param name="step">Name of the step, or null for any.</param>
    /// <param name="nth">How many of them are met, this one included.</param>
    public CrashAt(string? step, int nth = 1)
    {
        _step = step;
        _left = nth;
        Current.Value = this;
    }

    /// <param name="step">Name of the step.</param>
    /// <param name="does">What another does meanwhile, once, instead of a crash.</param>
    public CrashAt(string step, Action does)
        : this(step) => _does = does;

    public void Dispose() => Current.Value = null;

    private void Meet(string reached)
    {
        if ((_step == null || _step == reached) && Interlocked.Decrement(ref _left) == 0)
            _does();
    }

    internal sealed class Crash() : Exception("crashed on purpose");
}
