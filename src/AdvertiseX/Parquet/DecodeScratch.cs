using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>What one page needs while it is decoded; grows with the pages that come. Shared by all columns of a
/// file.</summary>
internal sealed unsafe class DecodeScratch : IDisposable
{
    /// <summary>Values that decoders may write past a page's.</summary>
    private const int Slack = 64;

    private NativeBuffer? _values;
    private NativeBuffer? _codes;
    private NativeBuffer? _valid;
    private NativeBuffer? _plain;

    /// <summary>A number for each row that has a value.</summary>
    public long* Values => (long*)_values!.Pointer;

    /// <summary>A dictionary code for each row that has one.</summary>
    public int* Codes => (int*)_codes!.Pointer;

    /// <summary>One byte a row.</summary>
    public byte* Valid => _valid!.Pointer;

    /// <summary>Makes room for the rows of a page; what was there is lost.</summary>
    public void Reserve(int rows)
    {
        Reserve(ref _values, (rows + (long)Slack) * sizeof(long));
        Reserve(ref _codes, (rows + (long)Slack) * sizeof(int));
        Reserve(ref _valid, rows + (long)Slack);
    }

    /// <summary>Room for decompressed bytes; what was there is lost.</summary>
    public byte* Plain(int bytes) => Reserve(ref _plain, bytes);

    public void Dispose()
    {
        _values?.Dispose();
        _codes?.Dispose();
        _valid?.Dispose();
        _plain?.Dispose();
        _values = _codes = _valid = _plain = null;
    }

    private static byte* Reserve(ref NativeBuffer? buffer, long bytes)
    {
        if (buffer == null || buffer.Length < bytes)
        {
            buffer?.Dispose();
            buffer = null;
            buffer = NativePool.Rent(bytes);
        }

        return buffer.Pointer;
    }
}
