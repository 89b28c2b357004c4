using System.Text;

namespace AdvertiseX.Reference;

/// <summary>
/// Records of a CSV text (RFC 4180; comma, or semicolon or tab where the header has those instead), one at a time. Small files that
/// people write: ease counts, not speed. Not thread-safe.
/// </summary>
internal sealed class CsvRecords(TextReader text)
{
    private const int MaxFieldCharacters = 1 << 20;
    private const int MaxFields = 1 << 10;

    private readonly StringBuilder _field = new();
    private char _delimiter;

    /// <summary>The fields of the next record, white space around unquoted ones taken off; null at the end. Empty lines are passed.</summary>
    /// <exception cref="InvalidDataException">A quote never closes, or a field or record is out of bounds.</exception>
    public string[]? Read()
    {
        while (text.Peek() is '\n' or '\r') text.Read();
        if (text.Peek() < 0) return null;
        if (_delimiter == '\0') return SplitHeader(text.ReadLine()!);
        var fields = new List<string>();
        bool more;
        do
        {
            fields.Add(Field(out more));
            if (fields.Count > MaxFields) throw new InvalidDataException($"a record of more than {MaxFields} fields");
        }
        while (more);
        return [.. fields];
    }

    private string[] SplitHeader(string line)
    {
        _delimiter = line.Contains(',') ? ',' : line.Contains(';') ? ';' : line.Contains('\t') ? '\t' : ',';
        return [.. line.Split(_delimiter).Select(name => name.Trim().Trim('"').Trim())];
    }

    private string Field(out bool more)
    {
        _field.Clear();
        var quoted = text.Peek() == '"';
        if (quoted) ReadQuoted();
        int next;
        while ((next = text.Read()) >= 0 && next != _delimiter && next != '\n')
        {
            if (next != '\r' || text.Peek() != '\n') Append((char)next);
        }

        more = next == _delimiter;
        return quoted ? _field.ToString() : _field.ToString().Trim();
    }

    private void ReadQuoted()
    {
        text.Read();
        while (true)
        {
            var next = text.Read();
            if (next < 0) throw new InvalidDataException("a quote that never closes");
            if (next != '"') Append((char)next);
            else if (text.Peek() == '"') Append((char)text.Read());
            else return;
        }
    }

    private void Append(char letter)
    {
        if (_field.Length >= MaxFieldCharacters) throw new InvalidDataException($"a field of more than {MaxFieldCharacters} characters");
        _field.Append(letter);
    }
}
