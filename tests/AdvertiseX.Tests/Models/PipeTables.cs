namespace AdvertiseX.Tests.Models;

/// <summary>
/// Tables as a person writes them: a line with the table's name, one with column names divided by <c>|</c>, one a row;
/// an empty line ends it. Lines that begin with <c>#</c> are prose.
/// </summary>
internal sealed record PipeTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public static IReadOnlyList<PipeTable> Parse(string text)
    {
        var tables = new List<PipeTable>();
        var lines = new List<string>();
        foreach (var line in text.Split('\n').Where(line => !line.StartsWith('#')).Append(""))
        {
            if (line.Trim().Length > 0)
            {
                lines.Add(line);
                continue;
            }

            if (lines.Count > 0)
                tables.Add(Of(lines));
            lines.Clear();
        }

        return tables;
    }

    public IEnumerable<Dictionary<string, string>> Records() =>
        Rows.Select(row =>
            Columns.Zip(row).Where(cell => cell.Second.Length > 0).ToDictionary(cell => cell.First, cell => cell.Second)
        );

    /// <summary>Rows of several tables as one, with the columns of all of them.</summary>
    public static PipeTable Together(IEnumerable<PipeTable> tables)
    {
        IReadOnlyList<PipeTable> all = [.. tables];
        IReadOnlyList<string> columns = [.. all.SelectMany(table => table.Columns).Distinct()];
        return new PipeTable(
            all[0].Name,
            columns,
            [
                .. all.SelectMany(table => table.Records())
                    .Select(record =>
                        (IReadOnlyList<string>)[.. columns.Select(column => record.GetValueOrDefault(column, ""))]
                    ),
            ]
        );
    }

    /// <summary>A row as one line, for comparing and showing.</summary>
    public static string Line(IEnumerable<string> cells) => string.Join(" | ", cells);

    private static PipeTable Of(List<string> lines)
    {
        var rows = lines
            .Skip(1)
            .Select(line => (IReadOnlyList<string>)[.. line.Split('|').Select(cell => cell.Trim())])
            .ToList();
        Assert.All(rows, row => Assert.Equal(rows[0].Count, row.Count));
        return new PipeTable(lines[0].Trim(), rows[0], rows[1..]);
    }
}
