using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Csv;
using AdvertiseX.Validation;

namespace AdvertiseX.Messages;

/// <summary>
/// CSV messages: rows under a header line of their own, or as <c>csv_columns</c> of the contract names the columns. Not
/// thread-safe.
/// </summary>
internal sealed unsafe class CsvMessages(CompiledContract contract, int maxRecordBytes) : IDisposable
{
    /// <summary>More headers than a topic has in its life; then they are forgotten.</summary>
    private const int MostHeaders = 100;

    /// <summary>Bytes of headers above which they are forgotten too.</summary>
    private const int MostHeaderBytes = 4 << 20;

    private readonly List<KnownHeader> _known = [];
    private KnownHeader? _last;

    public void Decode(byte* message, int length, bool utf8, RowWriter rows, MessageSink sink)
    {
        var text = new ReadOnlySpan<byte>(message, length);
        if (HeaderOf(text, out var isTooLong) is not { } header)
        {
            if (isTooLong)
            {
                TextRejects.TooLarge(sink, message, length, length, 0, maxRecordBytes);
                return;
            }

            TextRejects.Unparseable(
                sink,
                message,
                length,
                0,
                "a header line with names of the contract, then rows; or csv_columns in the contract"u8,
                "other text"u8
            );
            return;
        }

        rows.Header.Text = header.Header.Line;
        header.Decoder.Rows(message + header.Header.DataFrom, message + length, 0, utf8, sink);
    }

    public void Dispose() => Forget();

    private KnownHeader? HeaderOf(ReadOnlySpan<byte> message, out bool isTooLong)
    {
        isTooLong = false;
        if (_last is { } last && last.Begins(message))
            return last;
        foreach (var known in _known)
            if (known.Begins(message))
                return _last = known;
        // As long as a record at most, with its line end.
        var beginning = message[..(int)Math.Min(message.Length, maxRecordBytes + 2L)];
        var header = CsvHeader.Read(beginning, contract);
        isTooLong = !header.IsTerminated && beginning.Length < message.Length;
        // A line that does not end is a row without a header, or a header that was cut off.
        if (!header.IsTerminated || (contract.Source.CsvColumns is null && !NamesFields(header)))
            return null;
        if (_known.Count >= MostHeaders || _known.Sum(known => (long)known.Beginning.Length) > MostHeaderBytes)
            Forget();
        _last = new KnownHeader(
            message[..header.DataFrom].ToArray(),
            header,
            new CsvBlockDecoder(contract, header, maxRecordBytes)
        );
        _known.Add(_last);
        return _last;
    }

    private bool NamesFields(CsvHeader header) =>
        header.Columns.Any(name => SourcePaths.Find(contract.Root, Encoding.UTF8.GetBytes(name)) is not null);

    private void Forget()
    {
        foreach (var known in _known)
            known.Decoder.Dispose();
        _known.Clear();
        _last = null;
    }

    /// <param name="Beginning">The bytes of a message before its rows.</param>
    private sealed record KnownHeader(byte[] Beginning, CsvHeader Header, CsvBlockDecoder Decoder)
    {
        // Without a header line the delimiter is all that may differ.
        public bool Begins(ReadOnlySpan<byte> message) =>
            Beginning.Length > 0
                ? message.StartsWith(Beginning)
                : Header.Columns.Count == 1 || message.Contains(Header.Dialect.Delimiter);
    }
}
