using AdvertiseX.Columns;

namespace AdvertiseX.Records;

/// <summary>
/// Bytes that a decoder makes while it reads one record: unescaped text, rendered JSON. What it hands out stays where
/// it is until <see cref="Reset"/>. Not thread-safe.
/// </summary>
internal sealed unsafe class ScratchMemory : IDisposable
{
    private const int ChunkBytes = 64 << 10;
    private readonly List<NativeBuffer> _chunks = [];
    private byte* _next;
    private byte* _end;

    /// <summary>Room for <paramref name="bytes"/> bytes.</summary>
    public byte* Take(int bytes)
    {
        if (_end - _next < bytes)
            AddChunk(bytes);
        var taken = _next;
        _next += bytes;
        return taken;
    }

    /// <summary>Gives back the end of what was taken last: it turned out shorter.</summary>
    public void GiveBack(int bytes) => _next -= bytes;

    /// <summary>Forgets everything handed out; keeps the first chunk.</summary>
    public void Reset()
    {
        if (_chunks.Count == 0)
            return;
        while (_chunks.Count > 1)
        {
            _chunks[^1].Dispose();
            _chunks.RemoveAt(_chunks.Count - 1);
        }

        _next = _chunks[0].Pointer;
        _end = _next + _chunks[0].Length;
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks)
            chunk.Dispose();
        _chunks.Clear();
        _next = _end = null;
    }

    private void AddChunk(int bytes)
    {
        var chunk = NativePool.Rent(Math.Max(bytes, ChunkBytes));
        _chunks.Add(chunk);
        _next = chunk.Pointer;
        _end = _next + chunk.Length;
    }
}
