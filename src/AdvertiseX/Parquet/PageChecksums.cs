using System.IO.Hashing;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>The CRC-32 that a page's header may hold of the bytes after it (<c>PageHeader.crc</c> of
/// parquet.thrift).</summary>
internal static class PageChecksums
{
    /// <summary>
    /// Finds the first page, column by column in each row group, that is not what its header says. Returns null when
    /// there is none, which is also so for files whose writer made no checksums.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string? FirstDamaged(RangeInput file, ParquetFooter footer)
    {
        for (var group = 0; group < footer.RowGroups.Count; group++)
        {
            var chunks = footer.RowGroups[group].Chunks;
            for (var column = 0; column < chunks.Count; column++)
            {
                if (!chunks[column].IsElsewhere && FirstDamaged(file, chunks[column]) is { } page)
                    return $"page {page} of column {footer.Columns[column]} in row group {group}";
            }
        }

        return null;
    }

    private static int? FirstDamaged(RangeInput file, ParquetChunk chunk)
    {
        var at = chunk.StartOffset;
        var end = at + chunk.SizeBytes;
        Span<byte> header = stackalloc byte[PageHeader.MaxBytes];
        for (var page = 0; at < end; page++)
        {
            var read = file.Read(header, at);
            // Headers of other writers may hold statistics of any length: nothing is known of such a file.
            if (!PageHeader.TryRead(header[..read], out var found))
                return read == header.Length ? null : page;
            at += found.HeaderBytes;
            if (found.BodyBytes > end - at)
                return page;
            if (found.Crc is { } expected && CrcOf(file, at, found.BodyBytes) != expected)
                return page;
            at += found.BodyBytes;
        }

        return null;
    }

    private static uint? CrcOf(RangeInput file, long at, int length)
    {
        using var body = NativePool.Rent(length);
        var bytes = body.Span[..length];
        return file.Fill(bytes, at) ? Crc32.HashToUInt32(bytes) : null;
    }
}
