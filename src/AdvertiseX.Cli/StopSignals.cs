using System.Runtime.InteropServices;

namespace AdvertiseX.Cli;

/// <summary>The first SIGINT or SIGTERM asks for a stop at the next commit; the second ends the process at
/// once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Terminal _terminal;
    private int _seen;

    public StopSignals(Terminal terminal)
    {
        _terminal = terminal;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        // Not cancelling the second lets the system's own handling end the process; a lake survives that at any moment.
        if (Interlocked.Increment(ref _seen) > 1)
            return;
        context.Cancel = true;
        if (_terminal.ErrorIsTerminal)
            _terminal.Note("adx: stopping at the next commit; once more ends at once");
        _stop.Cancel();
    }
}
