using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>What one page needs while it is encoded, small enough to stay in the cache. Shared by all columns of a
/// file.</summary>
internal sealed unsafe class EncodeScratch : IDisposable
{
    private readonly NativeBuffer _values;
    private readonly NativeBuffer _valid;
    private readonly NativeBuffer _codes;
    private readonly NativeBuffer _refs;

    public EncodeScratch(int pageRows)
    {
        PageRows = pageRows;
        _values = NativePool.Rent((long)pageRows * sizeof(long));
        _valid = NativePool.Rent(pageRows + 64L);
        _codes = NativePool.Rent((pageRows + 8L) * sizeof(int));
        _refs = NativePool.Rent((long)pageRows * sizeof(TextRef));
    }

    public int PageRows { get; }

    /// <summary>Values of the page's rows that have one.</summary>
    public long* Values => (long*)_values.Pointer;

    /// <summary>One byte a row.</summary>
    public byte* Valid => _valid.Pointer;

    /// <summary>Dictionary codes, with room for 8 more.</summary>
    public int* Codes => (int*)_codes.Pointer;

    /// <summary>Where the texts of the page's rows lie.</summary>
    public TextRef* Refs => (TextRef*)_refs.Pointer;

    public EncodeBuffer Levels { get; } = new();

    public EncodeBuffer Output { get; } = new(1 << 17);

    /// <summary>A second output, to compare two encodings.</summary>
    public EncodeBuffer Other { get; } = new(1 << 16);

    public EncodeBuffer Bits { get; } = new();

    /// <summary>Encodes the levels of an optional column's page from <see cref="Valid"/>; none for a required
    /// one.</summary>
    public EncodeBuffer EncodeLevels(bool nullable, int rows, int values)
    {
        Levels.Clear();
        if (!nullable)
            return Levels;
        if (values == rows || values == 0)
            DefinitionLevels.EncodeUniform(values == rows, rows, Levels);
        else
            DefinitionLevels.Encode(Valid, rows, Bits, Levels);
        return Levels;
    }

    public void Dispose()
    {
        _values.Dispose();
        _valid.Dispose();
        _codes.Dispose();
        _refs.Dispose();
        Levels.Dispose();
        Output.Dispose();
        Other.Dispose();
        Bits.Dispose();
    }
}
