using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Breaks the flow that made it off at a named step of a commit, as a crash would: nothing after it happens.</summary>
internal sealed class CrashAt : IDisposable
{
    private static readonly AsyncLocal<string?> Step = new();

    static CrashAt() => FaultPoint.Reached = reached =>
    {
        if (reached == Step.Value) throw new Crash();
    };

    public CrashAt(string step) => Step.Value = step;

    public void Dispose() => Step.Value = null;

    internal sealed class Crash() : Exception("crashed on purpose");
}
