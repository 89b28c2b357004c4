using System.Buffers.Text;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace AdvertiseX.Cli.Query;

/// <summary>How much memory this process has in RAM. For one thread at a time.</summary>
internal sealed class ProcessMemory : IDisposable
{
    // Sizes in pages: the whole, then what is in RAM (proc(5)). Other systems have no such file.
    private readonly SafeFileHandle? _sizes = OperatingSystem.IsLinux() ? File.OpenHandle("/proc/self/statm") : null;
    private readonly Process _process = Process.GetCurrentProcess();

    /// <summary>Bytes in RAM now.</summary>
    public long Bytes()
    {
        if (_sizes is null)
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }

        Span<byte> text = stackalloc byte[128];
        text = text[..RandomAccess.Read(_sizes, text, fileOffset: 0)];
        text = text[(text.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(text, out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }

    public void Dispose()
    {
        _sizes?.Dispose();
        _process.Dispose();
    }
}
