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
    public static RangeInput Open(string path) => Of(File.ReadAllBytes(path));

    public static RangeInput Of(byte[] bytes) =>
        new(
            bytes.Length,
            (buffer, offset) =>
            {
                var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
                bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(buffer);
                return count;
            }
        );

    /// <summary>Layouts with many pages and row groups, or few, compressed or not.</summary>
    public static ParquetOptions RandomOptions(Random random) =>
        new()
        {
            RowGroupRows = random.Next(3) switch
            {
                0 => random.Next(1000, 5000),
                1 => 20_000,
                _ => 131_072,
            },
            PageRows = random.Next(3) switch
            {
                0 => random.Next(100, 300),
                1 => 2048,
                _ => 16_384,
            },
            PageTextBytes = random.Next(2) == 0 ? 1 << 14 : 1 << 20,
            Compress = random.Next(4) > 0,
        };
}
