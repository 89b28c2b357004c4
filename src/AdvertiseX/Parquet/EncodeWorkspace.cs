using AdvertiseX.Columns;
using AdvertiseX.Configuration;

namespace AdvertiseX.Parquet;

/// <summary>What columns are encoded with, for one or several files that one thread writes. Not thread-safe.</summary>
internal sealed class EncodeWorkspace : IDisposable
{
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public EncodeWorkspace(ParquetOptions options)
    {
        OptionCheck.Require(options);
        Options = options;
        Scratch = new EncodeScratch(options.PageRows);
        Pages = new ChunkWriter(options);
    }

    public ParquetOptions Options { get; }

    public EncodeScratch Scratch { get; }

    public ChunkWriter Pages { get; }

    /// <summary>An encoder for a column of a batch, which must not be changed meanwhile; disposed by the
    /// caller.</summary>
    public ColumnEncoder EncoderOf(ColumnBatch batch, int ordinal) =>
        ColumnEncoder.Create(batch, ordinal, Scratch, Options);

    public void Dispose()
    {
        Scratch.Dispose();
        Pages.Dispose();
    }
}
