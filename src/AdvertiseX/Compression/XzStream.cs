using System.Runtime.InteropServices;

namespace AdvertiseX.Compression;

/// <summary>Reads a file of .xz streams, one after another. Owns the stream beneath; uses at most 256 MB.</summary>
internal sealed unsafe class XzStream : ReadOnlyStream
{
    private readonly XzLibrary _xz = XzLibrary.Loaded;
    private readonly Stream _compressed;
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(128 * 1024);

    // liblzma keeps a pointer to its state, so the state lies in native memory and never moves.
    private XzState* _state;
    private int _at;
    private int _filled;
    private bool _inputEnded;
    private bool _ended;

    // Damage that was met behind bytes that are good; the next Read throws it.
    private InvalidDataException? _fault;

    public XzStream(Stream compressed)
    {
        _compressed = compressed;
        _state = (XzState*)NativeMemory.AllocZeroed((nuint)sizeof(XzState));
        if (!_xz.StartDecoder(_state))
            throw new InvalidOperationException("liblzma could not start a decoder.");
    }

    ~XzStream() => Free();

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_state is null, this);
        if (buffer.IsEmpty)
            return 0;
        if (_fault != null)
            throw _fault;
        while (!_ended)
        {
            if (_at == _filled && !_inputEnded)
            {
                _at = 0;
                _filled = _compressed.Read(_input);
                _inputEnded = _filled == 0;
            }

            var written = Step(buffer);
            if (written > 0)
                return written;
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        Free();
        if (disposing)
            _compressed.Dispose();

        base.Dispose(disposing);
    }

    private int Step(Span<byte> buffer)
    {
        fixed (byte* from = _input)
        fixed (byte* to = buffer)
        {
            _state->NextIn = from + _at;
            _state->AvailableIn = (nuint)(_filled - _at);
            _state->NextOut = to;
            _state->AvailableOut = (nuint)buffer.Length;
            var result = _xz.Code(_state, _inputEnded ? XzState.Finish : XzState.Run);
            _at = _filled - (int)_state->AvailableIn;
            _ended = result == XzState.StreamEnd;
            var written = buffer.Length - (int)_state->AvailableOut;
            if (result is not (XzState.Ok or XzState.StreamEnd))
            {
                _fault = new InvalidDataException(Describe(result));
                if (written == 0)
                    throw _fault;
            }

            return written;
        }
    }

    private string Describe(int result) =>
        result switch
        {
            XzState.MemoryLimit => "The xz data needs more than 256 MB of memory.",
            _ when _inputEnded => "The xz data ends too early.",
            _ => $"The xz data is damaged (liblzma code {result}).",
        };

    private void Free()
    {
        if (_state is null)
            return;
        _xz.End(_state);
        NativeMemory.Free(_state);
        _state = null;
    }
}
