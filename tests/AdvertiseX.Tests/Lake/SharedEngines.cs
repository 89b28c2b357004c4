using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Tests.Lake;

/// <summary>Instances of DuckDB that tests share, as opening one takes longer than most of what they do with it. They
/// end with the process.</summary>
internal static class SharedEngines
{
    private static readonly LakeEngine Own = new();

    /// <summary>For what a lake does by itself; each lake gets one and disposes it.</summary>
    public static LakeEngine Lake => new(Own);

    /// <summary>For models and reports over few rows: on one thread, of which a statement has enough.</summary>
    public static DuckDbEngine Models { get; } =
        new(new DuckDbEngineOptions { MemoryLimitMebibytes = 256, Threads = 1 });
}
