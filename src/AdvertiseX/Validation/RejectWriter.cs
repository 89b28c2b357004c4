using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>Keeps rejected records as rows of <see cref="FactTables.Rejects"/>. Immutable, thread-safe.</summary>
internal sealed class RejectWriter(CompiledContract contract, StreamContext stream)
{
    private const long MicrosPerDay = 86_400_000_000;
    private const int MaxFoundBytes = 256;
    private readonly byte[] _feed = Encoding.UTF8.GetBytes(FeedNames.Of(contract.Feed));
    private readonly byte[] _contract = Encoding.UTF8.GetBytes(contract.Source.Name);
    private readonly byte[] _stream = Encoding.UTF8.GetBytes(stream.Stream);

    /// <param name="rejects">Where the row goes.</param>
    /// <param name="rejected">What it says.</param>
    /// <param name="copies">Whether it keeps the record's bytes, or names the row before it that has them.</param>
    /// <param name="header">What the record needs to be read again.</param>
    public static void Add(ColumnBatch rejects, in RejectedEvent rejected, RecordCopies copies, ReplayHeader header)
    {
        var hasRaw = rejected.Raw.IsEmpty || copies.TryTake(BytesOf(rejected), rejected.Raw.Length);
        var row = rejects.Rows;
        rejects.Int64("stream_offset").Set(row, rejected.Offset);
        if (rejected.Ordinal != 0)
            rejects.Int32("stream_ordinal").Set(row, rejected.Ordinal);
        rejects.Int64("length").Set(row, rejected.Length);
        if (hasRaw)
            rejects.Text("raw").Set(row, rejected.Raw);
        rejects.Dictionary("reason").Set(row, rejected.Reason.Utf8());
        if (!rejected.Field.IsEmpty)
            rejects.Dictionary("field").Set(row, rejected.Field);
        if (!rejected.Expected.IsEmpty)
            rejects.Dictionary("expected").Set(row, rejected.Expected);
        var hasHeader = header.TrySet(rejects, row, rejected.Ordinal);
        var remark =
            !hasRaw ? $"(the record's bytes are with ordinal {copies.FirstOrdinal})"
            : !hasHeader ? $"(the header is with ordinal {header.FirstOrdinal})"
            : null;
        SetFound(rejects.Text("found"), row, rejected.Found, remark);
        rejects.AddRow();
    }

    /// <summary>Sets what all rejects of the stream share, in the rows from <paramref name="first"/> on.</summary>
    public void StampFrom(ColumnBatch rejects, int first)
    {
        for (var row = first; row < rejects.Rows; row++)
        {
            rejects.Dictionary("feed").Set(row, _feed);
            rejects.Dictionary("stream").Set(row, _stream);
            rejects.Dictionary("contract").Set(row, _contract);
            rejects.Int64("received_time").Set(row, stream.ReceivedMicros);
            rejects.Int32("event_date").Set(row, (int)(stream.ReceivedMicros / MicrosPerDay));
            if (!stream.HeaderForReplay.IsEmpty)
                rejects.Dictionary("header").Set(row, ValidUtf8(stream.HeaderForReplay.Span));
        }
    }

    // Rejects of one record are given the same memory.
    private static unsafe RecordBytes BytesOf(in RejectedEvent rejected)
    {
        fixed (byte* raw = rejected.Raw)
            return new RecordBytes(raw, rejected.Raw.Length, rejected.Offset, rejected.Ordinal);
    }

    // What was found is shown to people as text, so bytes that are none are replaced; the raw bytes stand beside it.
    private static void SetFound(TextColumn column, int row, ReadOnlySpan<byte> found, string? remark)
    {
        if (found.Length > MaxFoundBytes)
            found = found[..MaxFoundBytes];
        if (remark is not null)
            column.Set(row, Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(found)} {remark}".TrimStart()));
        else if (!found.IsEmpty)
            column.Set(row, ValidUtf8(found));
    }

    internal static ReadOnlySpan<byte> ValidUtf8(ReadOnlySpan<byte> text) =>
        System.Text.Unicode.Utf8.IsValid(text) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
}
