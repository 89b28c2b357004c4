using System.Buffers;
using AdvertiseX.Columns;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>
/// A file whose rows are merged. Its bytes can be hashed as they pass, so that a file which is read from its start to
/// its end is read once. For one thread.
/// </summary>
internal sealed class MergeSource : IDisposable
{
    private const int HashedAtOnce = 1 << 18;

    private readonly IObjectStore _store;
    private readonly MergeInput _input;
    private readonly FileHash _hash = new();
    private readonly long _length;
    private ObjectReader? _content;

    /// <summary>Bytes hashed so far; −1 while none are.</summary>
    private long _hashed = -1;
    private bool _isHashed;

    private MergeSource(IObjectStore store, MergeInput input)
    {
        _store = store;
        _input = input;
        _content = store.OpenReader(input.Key);
        _length = _content.Length;
        File = new RangeInput(_length, ReadAt);
    }

    public ParquetBatchReader Reader { get; private set; } = null!;

    private RangeInput File { get; }

    /// <summary>Opens a file and reads its metadata; null when it has another layout than our own writer's.</summary>
    /// <exception cref="IOException">There is no such file, or the store failed.</exception>
    /// <exception cref="DeltaException">The file is damaged, or has not the rows that the log says.</exception>
    public static MergeSource? Open(IObjectStore store, MergeInput input, TableSchema schema, DecodeScratch scratch)
    {
        var source = new MergeSource(store, input);
        try
        {
            if (!source.Holds(ParquetBatchReader.Open(source.File, schema, scratch, out var reader)))
                return null;
            if (input.Rows is { } rows && rows != reader!.Rows)
                throw new DeltaException($"{input.Key} was said to hold {rows} rows, and has {reader.Rows}.");
            source.Reader = reader!;
            return source;
        }
        finally
        {
            source.Release();
        }
    }

    /// <summary>Appends rows of a row group to a batch; false when they lie in another layout than our writer's, and
    /// the batch is of no use then.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    /// <exception cref="DeltaException">The file is damaged.</exception>
    public bool Read(int group, int from, int count, ColumnBatch batch) =>
        Holds(Reader.Read(group, from, count, batch));

    /// <summary>From here on bytes are hashed on their way, in the order of the file: bytes that lie between those that
    /// were read are read too.</summary>
    public void BeginHash() => _hashed = _input.Hash is null || _isHashed ? -1 : 0;

    /// <summary>Hashes the bytes that did not pass yet and compares the hash with the log's.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    /// <exception cref="DeltaException">The file does not have the bytes that the log says.</exception>
    public void RequireHash()
    {
        if (_hashed < 0)
            return;
        HashUntil(_length);
        if (_hash.Text != _input.Hash)
            throw Damaged($"its hash is not {_input.Hash}");
        _hashed = -1;
        _isHashed = true;
    }

    /// <summary>Closes the object until it is read again.</summary>
    public void Release()
    {
        _content?.Dispose();
        _content = null;
    }

    public void Dispose() => Release();

    private bool Holds(ParquetReadResult result) =>
        result.Status == ParquetReadStatus.Damaged ? throw Damaged(result.Detail) : result.IsOk;

    private DeltaException Damaged(string what) =>
        new($"{_input.Key} is damaged and was not merged: {what}. Put it back from a backup.");

    private int ReadAt(Span<byte> buffer, long offset)
    {
        _content ??= _store.OpenReader(_input.Key);
        if (_hashed >= 0 && offset > _hashed)
            HashUntil(offset);
        var read = _content.Read(buffer, offset);
        if (offset == _hashed)
        {
            _hash.Append(buffer[..read]);
            _hashed += read;
        }

        return read;
    }

    private void HashUntil(long offset)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(HashedAtOnce, Math.Max(1, offset - _hashed)));
        try
        {
            while (_hashed < offset)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, offset - _hashed));
                if (ReadAt(part, _hashed) == 0)
                    throw Damaged("it is shorter than when it was opened");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
