using AdvertiseX.Columns;
using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Parquet;

/// <summary>Parquet files on the disk for what works on streams and offsets.</summary>
internal static class ParquetFiles
{
    /// <summary>Writes rows of a batch as a new file.</summary>
    public static ParquetFileInfo Write(string path, ColumnBatch batch, ReadOnlySpan<int> rows, ParquetOptions options)
    {
        using var file = new FileStream(path, FileMode.CreateNew);
        return ParquetFileWriter.Write(file, batch, rows, options);
    }

    /// <summary>The content of a file, in memory.</summary>
    public static ParquetInput Open(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return new ParquetInput(
            bytes.Length,
            (buffer, offset) =>
            {
                var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
                bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(buffer);
                return count;
            }
        );
    }
}
