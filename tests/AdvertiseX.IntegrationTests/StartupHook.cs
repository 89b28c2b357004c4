using AdvertiseX.IntegrationTests.Lake;

/// <summary>
/// Called by .NET before the program where DOTNET_STARTUP_HOOKS names this assembly: kills the real program at a step
/// of its own.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => CrashingCommand.KillAtStep();
}
