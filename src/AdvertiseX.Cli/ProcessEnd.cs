using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AdvertiseX.Cli;

/// <summary>The end of the process at once: Environment.Exit waits for native code that does not return.</summary>
internal static class ProcessEnd
{
    /// <summary>Ends the process with an exit code. Nothing is flushed or disposed.</summary>
    public static void Now(int code)
    {
        if (OperatingSystem.IsWindows())
            _ = TerminateProcess(Process.GetCurrentProcess().Handle, (uint)code);
        else
            SystemExit(code);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void SystemExit(int code);

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int TerminateProcess(nint process, uint code);
}
