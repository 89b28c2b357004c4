using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Keys;

/// <summary>
/// The bytes of a key file in native memory, at the offsets that they have in the file, read page by page when they are
/// asked for; memory of pages that nobody asked for is not used. Every page is compared with its checksum. For one
/// thread at a time.
/// </summary>
internal sealed unsafe class KeyBytes : IDisposable
{
    public const int PageBytes = 4096;
    private const int Padding = 64;
    private const int MostPagesAtOnce = 64;

    private readonly RangeInput _input;
    private readonly uint[] _checksums;
    private readonly ulong[] _loaded;
    private byte* _memory;
    private long _missing;

    /// <param name="input">The file.</param>
    /// <param name="checksums">Checksum by page; what they cover is the part of the file that can be asked for.</param>
    public KeyBytes(RangeInput input, uint[] checksums)
    {
        _input = input;
        _checksums = checksums;
        _loaded = new ulong[(checksums.Length + 63) / 64];
        _missing = checksums.Length;
        Length = (long)checksums.Length * PageBytes;
        // Not mapped in huge pages: most pages of a large file are never touched.
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(Length + Padding), 64);
        NativeMemory.Clear(_memory + Length, Padding);
    }

    /// <summary>Bytes that can be asked for.</summary>
    public long Length { get; }

    /// <summary>Memory in use for pages and checksums.</summary>
    public long LoadedBytes => ((_checksums.Length - _missing) * PageBytes) + ((long)_checksums.Length * sizeof(uint));

    /// <summary>First byte of the file; only what was asked for (<see cref="Need"/>) may be read.</summary>
    public byte* Pointer => _memory;

    /// <summary>Whether every page is there.</summary>
    public bool IsWhole => _missing == 0;

    public static uint ChecksumOf(ReadOnlySpan<byte> page) => (uint)XxHash3.HashToUInt64(page);

    /// <summary>Makes bytes readable.</summary>
    /// <exception cref="KeyFileException">The file ends before, or a page is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Need(long at, long bytes)
    {
        if (_missing != 0)
            Load(at, bytes);
    }

    /// <summary>Makes all bytes readable.</summary>
    public void NeedAll() => Need(0, Length);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private void Load(long at, long bytes)
    {
        if (at < 0 || bytes < 0 || at + bytes > Length)
            throw new KeyFileException($"bytes {at} to {at + bytes} of {Length} were asked for");
        var last = (at + bytes - 1) / PageBytes;
        for (var page = at / PageBytes; page <= last; page++)
        {
            if (IsLoaded(page))
                continue;
            var end = page + 1;
            while (end <= last && end - page < MostPagesAtOnce && !IsLoaded(end))
                end++;
            LoadPages(page, end);
            page = end - 1;
        }
    }

    private bool IsLoaded(long page) => (_loaded[page >> 6] >> (int)(page & 63) & 1) != 0;

    private void LoadPages(long from, long end)
    {
        var bytes = new Span<byte>(_memory + (from * PageBytes), (int)((end - from) * PageBytes));
        if (!_input.Fill(bytes, from * PageBytes))
            throw new KeyFileException("the file ends before its last page");
        for (var page = from; page < end; page++)
        {
            if (ChecksumOf(bytes.Slice((int)((page - from) * PageBytes), PageBytes)) != _checksums[page])
                throw new KeyFileException($"page {page} is damaged");
            _loaded[page >> 6] |= 1UL << (int)(page & 63);
            _missing--;
        }
    }
}
