using System.Buffers;
using System.Text;
using AdvertiseX.Engines;

namespace AdvertiseX.Reports;

/// <summary>
/// Aligned text: a header, a rule, a line a row, two spaces between columns, numbers at the right, nulls empty.
/// Characters that could steer a terminal are shown as escapes.
/// </summary>
internal static class TableResultWriter
{
    /// <summary>Writes the rows that are left, up to the options' maximum; <paramref name="output"/> stays
    /// open.</summary>
    /// <returns>The number of rows shown, and whether there are more.</returns>
    public static (long Rows, bool More) Write(QueryResult result, Stream output, TableOptions? options = null)
    {
        options ??= new TableOptions();
        var layout = new Layout(result, options);
        var waiting = new List<string[]>();
        long rows = 0;
        var more = false;
        while (!more && result.NextChunk() is { } chunk)
        {
            for (var row = 0; row < chunk.RowCount && !(more = rows == options.MaxRows); row++, rows++)
            {
                var cells = layout.Cells(chunk, row);
                if (layout.IsFixed)
                    layout.AppendLine(cells, output);
                else
                    waiting.Add(cells);
                if (waiting.Count >= options.RowsForWidths)
                    layout.Fix(waiting, output);
            }
        }

        if (!layout.IsFixed)
            layout.Fix(waiting, output);
        layout.Flush(output);
        return (rows, more);
    }

    private sealed class Layout
    {
        private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);
        private readonly ArrayBufferWriter<byte> _cell = new(256);
        private readonly string[] _names;
        private readonly bool[] _right;
        private readonly int[] _widths;
        private readonly int? _maxWidth;

        internal Layout(QueryResult result, TableOptions options)
        {
            _maxWidth = options.MaxColumnWidth;
            _names = result
                .Columns.Select(column => TerminalText.Cut(TerminalText.Visible(column.Name), _maxWidth))
                .ToArray();
            _right = result.Columns.Select(column => CellText.IsNumber(column.Type)).ToArray();
            _widths = _names.Select(TerminalText.Width).ToArray();
        }

        internal bool IsFixed { get; private set; }

        internal string[] Cells(DuckDb.DuckDbChunk chunk, int row)
        {
            var cells = new string[_names.Length];
            for (var i = 0; i < cells.Length; i++)
            {
                var vector = chunk[i];
                cells[i] = "";
                if (vector.IsNull(row))
                    continue;
                _cell.ResetWrittenCount();
                CellText.Append(_cell, vector, row);
                cells[i] = TerminalText.Cut(
                    TerminalText.Visible(Encoding.UTF8.GetString(_cell.WrittenSpan)),
                    _maxWidth
                );
            }

            return cells;
        }

        /// <summary>Settles the widths and writes header, rule and the rows that waited.</summary>
        internal void Fix(List<string[]> waiting, Stream output)
        {
            foreach (var cells in waiting)
            {
                for (var i = 0; i < cells.Length; i++)
                    _widths[i] = Math.Max(_widths[i], TerminalText.Width(cells[i]));
            }

            IsFixed = true;
            AppendLine(_names, output);
            AppendLine(_widths.Select(width => new string('-', width)).ToArray(), output);
            foreach (var cells in waiting)
                AppendLine(cells, output);
            waiting.Clear();
        }

        internal void AppendLine(string[] cells, Stream output)
        {
            var line = new StringBuilder();
            for (var i = 0; i < cells.Length; i++)
            {
                if (i > 0)
                    line.Append("  ");
                var space = Math.Max(0, _widths[i] - TerminalText.Width(cells[i]));
                if (_right[i])
                    line.Append(' ', space).Append(cells[i]);
                else
                    line.Append(cells[i]).Append(' ', space);
            }

            _buffer.Write(Encoding.UTF8.GetBytes(line.ToString().TrimEnd(' ')));
            _buffer.Write("\n"u8);
            ResultBuffer.FlushIfLarge(_buffer, output);
        }

        internal void Flush(Stream output) => ResultBuffer.Flush(_buffer, output);
    }
}
