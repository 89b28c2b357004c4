using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>What a Parquet file, of whatever writer, says of itself at its end. Immutable.</summary>
internal sealed class ParquetFooter
{
    /// <summary>Bytes of metadata that are read at most.</summary>
    public const int MaxBytes = 16 << 20;

    private const int TailBytes = 8;

    internal ParquetFooter(
        long rows,
        IReadOnlyList<ParquetFooterColumn> columns,
        IReadOnlyList<ParquetRowGroup> rowGroups,
        string createdBy
    )
    {
        Rows = rows;
        Leaves = columns;
        Columns = [.. columns.Select(c => c.Name)];
        RowGroups = rowGroups;
        CreatedBy = createdBy;
    }

    public long Rows { get; }

    /// <summary>Names of the columns that hold values, in the order of the file; parts of a nested one's path joined by
    /// a dot.</summary>
    public IReadOnlyList<string> Columns { get; }

    public IReadOnlyList<ParquetRowGroup> RowGroups { get; }

    /// <summary>The writer's name and version; empty if not given.</summary>
    public string CreatedBy { get; }

    internal IReadOnlyList<ParquetFooterColumn> Leaves { get; }

    /// <summary>Reads and checks a file's metadata.</summary>
    /// <param name="fault">What is wrong with the file, when the result is false.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool TryRead(
        RangeInput file,
        [NotNullWhen(true)] out ParquetFooter? footer,
        [NotNullWhen(false)] out string? fault
    )
    {
        footer = null;
        var length = file.Length;
        Span<byte> tail = stackalloc byte[TailBytes];
        fault = "no Parquet file: it does not end with PAR1";
        if (length < TailBytes + 4 || !file.Fill(tail, length - TailBytes) || !tail[4..].SequenceEqual("PAR1"u8))
            return false;
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        fault = $"its metadata is said to have {bytes} bytes; allowed: what the file holds, at most {MaxBytes}";
        if (bytes > MaxBytes || bytes > length - TailBytes - 4)
            return false;
        var metadata = new byte[bytes];
        fault = "it ended while its metadata was read";
        if (!file.Fill(metadata, length - TailBytes - bytes))
            return false;
        footer = ParquetFooterParser.Parse(metadata, length, out var wrong);
        fault = wrong ?? "";
        return footer != null;
    }
}
