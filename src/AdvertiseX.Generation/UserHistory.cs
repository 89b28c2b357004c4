namespace AdvertiseX.Generation;

/// <summary>
/// The accepted touches of each user, newest first, as far back as a window reaches. All touches lie in one ring in
/// the order of time, each with the position of the same user's one before; so dropping what is too old is moving one
/// index, and memory follows the events within the window, not the length of the run.
/// </summary>
internal sealed class UserHistory
{
    private readonly long[] _newest;
    private readonly long _keepMicros;
    private Entry[] _ring = new Entry[4096];
    private long _first;
    private long _next;

    /// <param name="users">Number of users.</param>
    /// <param name="keep">The longest window that looks back.</param>
    public UserHistory(int users, TimeSpan keep)
    {
        _newest = new long[users];
        Array.Fill(_newest, -1);
        _keepMicros = keep.Ticks / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>Adds a touch; times must not fall.</summary>
    public void Add(int user, in Touch touch)
    {
        while (_first < _next && At(_first).Touch.TimeMicros < touch.TimeMicros - _keepMicros)
            _first++;
        if (_next - _first == _ring.Length)
            Grow();
        At(_next) = new Entry(touch, _newest[user]);
        _newest[user] = _next++;
    }

    /// <summary>Position of the user's newest touch for <see cref="TryGet"/>; negative when there is none.</summary>
    public long Newest(int user) => user < 0 ? -1 : _newest[user];

    /// <summary>Reads the touch at a position and moves the position to the user's one before.</summary>
    public bool TryGet(ref long position, out Touch touch)
    {
        if (position < _first)
        {
            touch = default;
            return false;
        }

        ref var entry = ref At(position);
        touch = entry.Touch;
        position = entry.Previous;
        return true;
    }

    private ref Entry At(long position) => ref _ring[position & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new Entry[_ring.Length * 2];
        for (var position = _first; position < _next; position++)
            larger[position & (larger.Length - 1)] = At(position);
        _ring = larger;
    }

    private record struct Entry(Touch Touch, long Previous);
}
