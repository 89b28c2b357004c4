using CsvHelper;

namespace AdvertiseX.Reference;

/// <summary>
/// Records of a CSV file (RFC 4180; comma, or semicolon or tab where the header has those instead), the header first. A
/// quote that stands inside a field is a letter, and text behind a closing quote belongs to the field. Not thread-safe.
/// </summary>
internal sealed class CsvRecords : IDisposable
{
    private const int MaxRecordBytes = 16 << 20;
    private const int MaxFieldCharacters = 1 << 20;
    private const int MaxFields = 1 << 10;
    private const int MaxHeaderCharacters = 64 << 10;

    private readonly CsvReader _csv;
    private bool _openQuote;

    /// <param name="path">A file in UTF-8, or in UTF-16 with a byte order mark.</param>
    public CsvRecords(string path)
    {
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            Separator = SeparatorOf(path),
            TrimWhitespace = true,
            MaxRecordSize = MaxRecordBytes,
            OnMalformedRecord = record => _openQuote |= record.Reason == CsvMalformedReason.UnterminatedQuote,
        };
        _csv = CsvReader.FromFile(path, options);
    }

    /// <summary>The fields of the next record, spaces and tabs around them and around their quotes taken off; null at
    /// the end. Empty lines are passed.</summary>
    /// <exception cref="InvalidDataException">A quote never closes, or a field or record is out of bounds.</exception>
    public string[]? Read()
    {
        try
        {
            if (!_csv.Read())
                return null;
        }
        catch (CsvFormatException fault)
        {
            throw new InvalidDataException($"a record of more than {MaxRecordBytes} bytes", fault);
        }

        if (_openQuote)
            throw new InvalidDataException("a quote that never closes");
        if (_csv.FieldCount > MaxFields)
            throw new InvalidDataException($"a record of more than {MaxFields} fields");
        var fields = new string[_csv.FieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = _csv.GetString(i);
            if (fields[i].Length > MaxFieldCharacters)
                throw new InvalidDataException($"a field of more than {MaxFieldCharacters} characters");
        }

        return fields;
    }

    public void Dispose() => _csv.Dispose();

    private static char SeparatorOf(string path)
    {
        using var text = new StreamReader(path);
        var start = new char[MaxHeaderCharacters];
        var header = start.AsSpan(0, text.ReadBlock(start, 0, start.Length)).TrimStart("\r\n");
        if (header.IndexOfAny('\r', '\n') is >= 0 and var end)
            header = header[..end];
        return header.Contains(',') ? ','
            : header.Contains(';') ? ';'
            : header.Contains('\t') ? '\t'
            : ',';
    }
}
