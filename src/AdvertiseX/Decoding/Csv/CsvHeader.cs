using System.Text;
using AdvertiseX.Contracts;

namespace AdvertiseX.Decoding.Csv;

/// <summary>
/// The dialect of a CSV stream and the names of its columns, found from its beginning. Names are trimmed. A name that
/// stands twice gets <c>_2</c>, <c>_3</c> … and is then no longer matched to the contract; an empty one is
/// <c>column_N</c>.
/// </summary>
internal sealed class CsvHeader
{
    private static readonly byte[] Delimiters = [(byte)',', (byte)';', (byte)'\t', (byte)'|'];

    private CsvHeader(CsvDialect dialect, IReadOnlyList<string> columns, int dataFrom, byte[] line, bool terminated)
    {
        Dialect = dialect;
        Columns = columns;
        DataFrom = dataFrom;
        Line = line;
        IsTerminated = terminated;
    }

    public CsvDialect Dialect { get; }

    public IReadOnlyList<string> Columns { get; }

    /// <summary>Bytes before the first row: byte order mark, blank lines, <c>sep=</c> line, header line.</summary>
    public int DataFrom { get; }

    /// <summary>The header line without its line end; empty if the contract names the columns.</summary>
    public ReadOnlyMemory<byte> Line { get; }

    /// <summary>Whether the header's line end was there (true where there is no header).</summary>
    public bool IsTerminated { get; }

    /// <summary>Whether the column stands for itself: it may be matched to the contract.</summary>
    public bool IsFirst(int column) => !_repeated.Contains(column);

    private HashSet<int> _repeated = [];

    /// <summary>
    /// Reads the header. The delimiter is the one that a <c>sep=</c> line names, else among <c>, ; tab |</c> the one
    /// under which the contract knows most names (without a header: that makes the contract's number of columns), then
    /// the most frequent.
    /// </summary>
    /// <param name="sample">The stream's beginning.</param>
    /// <param name="contract">Knows names, or the columns of streams without a header.</param>
    public static CsvHeader Read(ReadOnlySpan<byte> sample, CompiledContract contract)
    {
        var at = sample.StartsWith("\uFEFF"u8) ? 3 : 0;
        var given = contract.Source.CsvColumns;
        var lineEnd = LineEndOf(sample[at..]);
        while (at < sample.Length && sample[at] is (byte)'\r' or (byte)'\n')
            at++;
        var named = SeparatorLine(sample, lineEnd, ref at);
        var lineEndAt = HeaderEnd(sample, at, lineEnd);
        var terminated = lineEndAt < sample.Length;
        var line = sample[at..lineEndAt];
        if (lineEnd == '\n' && line.EndsWith("\r"u8))
            line = line[..^1];
        var delimiter = named ?? DelimiterOf(line, contract);
        var dialect = new CsvDialect(delimiter, lineEnd);
        if (given != null)
            return new CsvHeader(dialect, given, at, [], true);
        var dataFrom = Math.Min(sample.Length, lineEndAt + 1);
        var header = new CsvHeader(dialect, [], dataFrom, line.ToArray(), terminated);
        return header.Named(Fields(line, delimiter));
    }

    private CsvHeader Named(List<string> names)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var repeated = new HashSet<int>();
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Length == 0)
                names[i] = $"column_{i + 1}";
            var count = seen[names[i]] = seen.GetValueOrDefault(names[i]) + 1;
            if (count == 1)
                continue;
            repeated.Add(i);
            names[i] = $"{names[i]}_{count}";
        }

        return new CsvHeader(Dialect, names, DataFrom, Line.ToArray(), IsTerminated) { _repeated = repeated };
    }

    /// <summary>A file whose first line end is a carriage return alone has such line ends.</summary>
    private static byte LineEndOf(ReadOnlySpan<byte> sample)
    {
        var at = sample.IndexOfAny((byte)'\r', (byte)'\n');
        return at >= 0 && sample[at] == '\r' && at + 1 < sample.Length && sample[at + 1] != '\n'
            ? (byte)'\r'
            : (byte)'\n';
    }

    private static byte? SeparatorLine(ReadOnlySpan<byte> sample, byte lineEnd, ref int at)
    {
        var rest = sample[at..];
        if (
            !rest.StartsWith("sep="u8)
            || rest.Length < 6
            || !Delimiters.Contains(rest[4])
            || rest[5] is not ((byte)'\r' or (byte)'\n')
        )
            return null;
        at += rest.IndexOf(lineEnd) is var end and >= 0 ? end + 1 : 0;
        return rest[4];
    }

    /// <summary>The line end of the header, quoted line ends passed over; of a header whose quotes do not match, the
    /// first.</summary>
    private static int HeaderEnd(ReadOnlySpan<byte> sample, int from, byte lineEnd)
    {
        var quoted = false;
        for (var i = from; i < sample.Length; i++)
        {
            if (sample[i] == '"')
                quoted = !quoted;
            else if (sample[i] == lineEnd && !quoted)
                return i;
        }

        var first = sample[from..].IndexOf(lineEnd);
        return first < 0 || !quoted ? sample.Length : from + first;
    }

    private static byte DelimiterOf(ReadOnlySpan<byte> line, CompiledContract contract)
    {
        var best = Delimiters[0];
        var bestScore = (-1, -1);
        foreach (var delimiter in Delimiters)
        {
            var fields = Fields(line, delimiter);
            var known = contract.Source.CsvColumns is { } given
                ? (fields.Count == given.Count ? 1 : 0)
                : fields.Count(f => SourcePaths.Find(contract.Root, Encoding.UTF8.GetBytes(f)) != null);
            var score = (known, fields.Count);
            if (score.CompareTo(bestScore) <= 0)
                continue;
            best = delimiter;
            bestScore = score;
        }

        return best;
    }

    private static List<string> Fields(ReadOnlySpan<byte> line, byte delimiter)
    {
        var fields = new List<string>();
        var quoted = false;
        var start = 0;
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"')
                quoted = !quoted;
            if (i < line.Length && (quoted || line[i] != delimiter))
                continue;
            fields.Add(Name(line[start..i]));
            start = i + 1;
        }

        return fields;
    }

    private static string Name(ReadOnlySpan<byte> field)
    {
        var text = Encoding.UTF8.GetString(field).Trim();
        if (text.Length >= 2 && text[0] == '"' && text[^1] == '"')
            text = text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal).Trim();
        return text;
    }
}
