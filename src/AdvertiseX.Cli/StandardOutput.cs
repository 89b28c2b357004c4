using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AdvertiseX.Cli;

/// <summary>
/// File descriptor 1. Console's own stream keeps silent when nobody reads any more, and a FileStream over the
/// descriptor writes at an offset of its own, over what others wrote to the same file.
/// </summary>
internal sealed class StandardOutput : Stream
{
    // Numbers that Linux and macOS share.
    private const int Interrupted = 4;
    private const int BrokenPipe = 32;

    private volatile bool _isWriting;

    /// <summary>Whether a write is under way, for another thread to see: it waits for whoever reads.</summary>
    public bool IsWriting => _isWriting;

    /// <summary>Whether anything was written.</summary>
    public bool HasWritten { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Where the system has no such descriptor, the console's own stream.</summary>
    public static Stream Open() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardOutput();

    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    /// <exception cref="IOException">The system refused it (a full disk).</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _isWriting = true;
        HasWritten |= !buffer.IsEmpty;
        try
        {
            WriteAll(buffer);
        }
        finally
        {
            _isWriting = false;
        }
    }

    private static void WriteAll(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var written = SystemWrite(1, in MemoryMarshal.GetReference(buffer), buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Interrupted)
                continue;
            if (error == BrokenPipe)
                throw new OutputClosedException();
            throw new IOException($"standard output cannot be written: {new Win32Exception(error).Message}");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SystemWrite(int descriptor, in byte buffer, nint count);
}
