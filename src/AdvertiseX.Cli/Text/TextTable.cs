using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Text;

/// <summary>A small aligned table: the first column at the left, the others at the right.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Columns besides the first that hold text and stand at the left.</summary>
    public IReadOnlyList<int> LeftColumns { get; init; } = [];

    public void Add(params string[] cells)
    {
        if (cells.Length != header.Length)
            throw new ArgumentException($"{cells.Length} cells for {header.Length} columns", nameof(cells));
        _rows.Add([.. cells.Select(TerminalText.Visible)]);
    }

    /// <param name="output">Where to.</param>
    /// <param name="indent">Put before each line.</param>
    public void Write(TextWriter output, string indent = "")
    {
        var widths = header
            .Select(
                (name, column) => Math.Max(name.Length, _rows.Select(row => row[column].Length).DefaultIfEmpty().Max())
            )
            .ToArray();
        WriteLine(output, indent, header, widths);
        output.WriteLine(indent + string.Join("  ", widths.Select(width => new string('─', width))));
        foreach (var row in _rows)
            WriteLine(output, indent, row, widths);
    }

    private void WriteLine(TextWriter output, string indent, string[] cells, int[] widths) =>
        output.WriteLine(
            (
                indent
                + string.Join(
                    "  ",
                    cells.Select(
                        (cell, column) =>
                            column == 0 || LeftColumns.Contains(column)
                                ? cell.PadRight(widths[column])
                                : cell.PadLeft(widths[column])
                    )
                )
            ).TrimEnd()
        );
}
