using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Json;
using AdvertiseX.Events;

namespace AdvertiseX.Framing.Json;

/// <summary>
/// Finds objects in an array, or one after the other. Between them white space, commas and square brackets are passed
/// over without a word; anything else, and an object that <see cref="ObjectScan"/> calls damaged, starts a damaged
/// stretch. It ends where <see cref="NextObject"/> finds an object again, and is one reject. An object that closes but
/// does not parse is a reject of its own and no damage. An object that the stream ends in, or a stretch that runs to
/// its end, is unterminated.
/// </summary>
internal sealed unsafe partial class JsonObjectFramer(
    StreamWindow window,
    FramerOptions options,
    int mark,
    NextObject nextObject
) : IFramer
{
    private readonly int _maxRecordBytes = options.MaxRecordBytes;
    private int _mark = mark;
    private RecordSpans _spans = null!;
    private long? _unterminated;

    /// <summary>Where in the window the separators, object or stretch at hand begins.</summary>
    private int _at;

    /// <summary>How far from <see cref="_at"/> on it is known that nothing ends.</summary>
    private int _reached;

    private int _present;
    private bool _ended;

    public ReadOnlyMemory<byte> HeaderForReplay => default;

    public Block? Next()
    {
        var wanted = options.BlockBytes;
        if (!Fill(wanted))
            return null;
        _spans = new RecordSpans();
        _unterminated = null;
        _at = Math.Min(_mark, _present);
        var mark = _at;
        _mark -= mark;
        while (!FindRecords())
        {
            if (_at > 0)
                return Cut(_at, mark);
            if (_reached > _maxRecordBytes)
            {
                _spans.Dispose();
                return CutOversized();
            }

            wanted = (int)
                Math.Min(2L * _present, Math.Max(options.BlockBytes, 2L * (_maxRecordBytes + NextObject.Lookahead)));
            Fill(wanted);
        }

        return Cut(_present, mark);
    }

    public void SkipTo(long offset)
    {
        _mark = (int)Math.Max(0, _mark - (offset - window.Offset));
        window.SkipTo(offset, options.BlockBytes);
    }

    public IRecordDecoder CreateDecoder(CompiledContract contract) => new JsonBlockDecoder(contract, _maxRecordBytes);

    public void Dispose() => window.Dispose();

    private bool Fill(int wanted)
    {
        window.Fill(wanted);
        _present = Math.Min(window.Filled, wanted);
        _ended = window.Ended && _present == window.Filled;
        return window.Filled > 0;
    }

    /// <summary>Adds records up to the end of what is present; false if <see cref="_at"/> stands before something whose
    /// end is not there.</summary>
    private bool FindRecords()
    {
        while (true)
        {
            _at = SkipSeparators(_at);
            if (_at == _present)
                return true;
            var start = window.Bytes + _at;
            var end = window.Bytes + _present;
            var scan = new ObjectScan { Stopped = start };
            var status = *start == '{' ? scan.Run(start, end) : ObjectScan.Status.Damaged;
            if (status == ObjectScan.Status.Damaged && !PassDamage(scan.Stopped))
                return _at == _present;
            if (status == ObjectScan.Status.Open)
                return PassUnterminated();
            if (status != ObjectScan.Status.Closed)
                continue;
            _spans.Add(new RecordSpan(_at, (int)(scan.Stopped - start)));
            _at = (int)(scan.Stopped - window.Bytes);
        }
    }

    private bool PassUnterminated()
    {
        _reached = _present - _at;
        if (!_ended)
            return false;
        AddStretch(_present);
        _unterminated = window.Offset + _at;
        _at = _present;
        return true;
    }

    /// <summary>False if it cannot be said yet where the stretch ends, or if it runs to the end of the stream; then it
    /// is passed.</summary>
    private bool PassDamage(byte* fault)
    {
        var found = nextObject.Find(window.Bytes, _at, SearchFrom(_at, fault), _present, _ended, out var undecided);
        _reached = found - _at;
        if (undecided)
            return false;
        AddStretch(found);
        if (found == _present)
            _unterminated = window.Offset + _at;
        _at = found;
        return found < _present;
    }

    /// <summary>Where to resume after damage: at the fault if it lies beyond the maximum record length, else at the
    /// object's start.</summary>
    private int SearchFrom(int start, byte* fault) =>
        fault - window.Bytes - start > _maxRecordBytes ? (int)(fault - window.Bytes) : start + 1;

    private void AddStretch(int end)
    {
        while (end > _at + 1 && IsSeparator(window.Bytes[end - 1]))
            end--;
        _spans.Add(new RecordSpan(_at, end - _at, Damaged: true));
    }

    private int SkipSeparators(int at)
    {
        var bytes = window.Bytes;
        while (at < _present && (IsSeparator(bytes[at]) || bytes[at] is (byte)'[' or (byte)']'))
            at++;
        return at;
    }

    private static bool IsSeparator(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)',';

    private Block Cut(int length, int mark)
    {
        var from = window.Offset;
        var block = new Block(window.Take(length), length, from)
        {
            DataFrom = mark,
            Records = _spans,
            UnterminatedFrom = _unterminated,
        };
        _at = 0;
        return block;
    }
}
